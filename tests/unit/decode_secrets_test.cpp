// Credentials never get past the decoder, wherever they stand.
#include "sync/decode/secret_filter.hpp"
#include "sync/decode/secret_links.hpp"
#include "sync/decode/secret_names.hpp"
#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>

namespace callmirror::decode {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<std::string_view, 4> names{"secret", "password", "key", "auth"};
constexpr std::array<std::string_view, 1> tokens{"token"};
constexpr providers::credentials rules{.removed = names, .hashed = tokens};

std::string cleaned(std::string_view body) {
    secret_filter filter(rules);
    return std::string(filter.apply(body));
}

TEST(SecretNames, AreKnownInAllTheirSpellings) {
    for (const char* name : {"secret", "client_secret", "clientSecret", "CLIENT-SECRET", "secrets",
                             "mysecretvalue", "key", "apiKey", "api_key", "APIKey", "apikey",
                             "API_KEYS", "encryption-keys", "auth", "oauth", "basicAuth"}) {
        EXPECT_TRUE(is_secret_name(name, names)) << name;
    }
    for (const char* name :
         {"", "name", "keyboard", "keywords", "author", "authored_by", "pass", "tokens"}) {
        EXPECT_FALSE(is_secret_name(name, names)) << name;
    }
}

TEST(Sha256, IsThatOfTheStandard) {
    EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(SecretFilter, RemovesValuesUnderSecretNames) {
    EXPECT_EQ(cleaned(R"({"id":7,"password":"p","name":"n"})"),
              R"({"id":7,"password":"[removed]","name":"n"})");
    EXPECT_EQ(cleaned(R"([{"api_key" : 123456 , "n":123456}])"),
              R"([{"api_key" : "[removed]" , "n":123456}])");
    EXPECT_EQ(cleaned(R"({"has_key":true,"secret":null,"auth":false})"),
              R"({"has_key":true,"secret":null,"auth":false})");
    EXPECT_EQ(cleaned(R"({"pass\u0077ord":"p"})"), R"({"pass\u0077ord":"[removed]"})");
}

TEST(SecretFilter, RemovesWhatWasFoundHoweverItIsWrittenElsewhere) {
    EXPECT_THAT(cleaned(R"({"password":"abc/defgh","a":"-abc\/defgh-","b":"-abc%2Fdefgh-"})"),
                HasSubstr(R"("a":"-[removed]-","b":"-[removed]-")"));
    EXPECT_THAT(cleaned(R"({"password":"abc\/defgh","a":"-abc/defgh-"})"),
                HasSubstr(R"("a":"-[removed]-")"));
}

TEST(SecretFilter, RemovesAllThatIsNestedThere) {
    EXPECT_EQ(cleaned(R"({"keys":{"a":["x",{"b":"y"}],"c":1,"d":null},"e":"z"})"),
              R"({"keys":{"a":["[removed]",{"b":"[removed]"}],"c":"[removed]","d":null},"e":"z"})");
}

TEST(SecretFilter, RemovesTheValueBesideASecretName) {
    EXPECT_EQ(cleaned(R"([{"name":"API key","value":"v"},{"name":"zone","value":"eu"}])"),
              R"([{"name":"API key","value":"[removed]"},{"name":"zone","value":"eu"}])");
    EXPECT_EQ(
        cleaned(R"([{"value":"v","name":"password"},{"value":{"x":"v"},"label":"secret"}])"),
        R"([{"value":"[removed]","name":"password"},{"value":"[removed]","label":"secret"}])");
}

TEST(SecretFilter, HashesWhatIsAKey) {
    const auto hash = sha256_of("tok/en-12");
    EXPECT_EQ(cleaned(R"({"token":"tok\/en-12","n":1})"), R"({"token":")" + hash + R"(","n":1})");
    EXPECT_EQ(cleaned(R"({"TOKEN":12})"), R"({"TOKEN":")" + sha256_of("12") + R"("})");
    EXPECT_EQ(cleaned(R"({"token_type":"bearer"})"), R"({"token_type":"bearer"})");
}

TEST(SecretFilter, ReplacesWhatItTookWhereverElseItStands) {
    const auto hash = sha256_of("abcdefgh");
    EXPECT_EQ(cleaned(R"({"link":"https://x/abcdefgh/join","token":"abcdefgh","o":["abcdefgh"]})"),
              R"({"link":"https://x/)" + hash + R"(/join","token":")" + hash + R"(","o":[")" +
                  hash + R"("]})");
    // Short ones may stand elsewhere by chance, and escapes stay whole.
    EXPECT_EQ(cleaned(R"({"auth":"on","state":"on"})"), R"({"auth":"[removed]","state":"on"})");
    EXPECT_EQ(cleaned(R"({"auth":"u0041bcdef","x":"\u0041bcdef"})"),
              R"({"auth":"[removed]","x":"\u0041bcdef"})");
}

TEST(SecretFilter, ReplacesWhatItTookPercentEncodedAsWell) {
    const auto hash = sha256_of("ab+cd/ef==");
    EXPECT_EQ(cleaned(R"({"token":"ab+cd\/ef==","link":"/join?t=ab%2Bcd%2Fef%3D%3D&x=1"})"),
              R"({"token":")" + hash + R"(","link":"/join?t=)" + hash + R"(&x=1"})");
    EXPECT_EQ(cleaned(R"({"name":"key","value":"a b c d e","url":"/?k=a%20b%20c%20d%20e"})"),
              R"({"name":"key","value":"[removed]","url":"/?k=[removed]"})");
}

TEST(SecretFilter, TakesCredentialsOutOfLinks) {
    for (
        const auto& [body, clean] : std::initializer_list<std::pair<const char*, const char*>>{
            {R"({"a":"https://bob:p%40ss-word@x.example/a?b=1","o":"p%40ss-word"})",
             R"({"a":"https://[removed]@x.example/a?b=1","o":"[removed]"})"},
            {R"(["amqp://bob@x/ and https://x/#auth=abc&b=2, as well"])",
             R"(["amqp://[removed]@x/ and https://x/#auth=[removed]&b=2, as well"])"},
            {R"(["https:\/\/b:c@x\/?a=\"1\u0026api_key=k;n=\n"])",
             R"(["https://[removed]@x/?a=\"1&api_key=k;n=\u000a"])"},
            {R"({"u" : "https://x/y?X-Amz-Expires=3600&X-Amz-Signature=ab12&sig=cd34&v=1"})",
             R"({"u" : "https://x/y?X-Amz-Expires=3600&X-Amz-Signature=[removed]&sig=[removed]&v=1"})"},
            {R"(["https://x/?password=&secret=s"])",
             R"(["https://x/?password=&secret=[removed]"])"},
        }) {
        EXPECT_EQ(cleaned(body), clean);
    }
}

// The contents of a text that says `plain`, as C, as JSON and as PHP write it, and as nobody does.
std::string written(std::string_view plain) {
    std::string text;
    append_escaped(text, plain);
    return text;
}
std::string written_as_php(std::string_view plain) {
    std::string text;
    for (const char c : plain) {
        text += c == '/' ? "\\/" : written({&c, 1});
    }
    return text;
}
std::string written_in_numbers(std::string_view plain) {
    std::string text;
    for (const char c : plain) {
        const auto byte = static_cast<unsigned char>(c);
        constexpr std::string_view digits = "0123456789abcdef";
        text += byte < 0x80 ? std::string("\\u00") + digits[byte >> 4U] + digits[byte & 15U]
                            : std::string(1, c);
    }
    return text;
}

struct text_case {
    std::string_view plain; // has the credential "hidden-1"
    std::string_view clean;
};
constexpr auto texts = std::to_array<text_case>({
    // JSON from end to end
    {R"({"password":"hidden-1","n":"\u0022"})", R"({"password":"[removed]","n":"\u0022"})"},
    {" \n [{\"password\"\n : \"hidden-1\"}] ", " \n [{\"password\"\n : \"[removed]\"}] "},
    {R"({"pass\u0077ord":"hidden-1"})", R"({"pass\u0077ord":"[removed]"})"},
    {R"([{"name": "API key", "value": "hidden-1"}])",
     R"([{"name": "API key", "value": "[removed]"}])"},
    {R"({"url":"https:\/\/bob:hidden-1@x.example"})", R"({"url":"https://[removed]@x.example"})"},
    {R"(["https\u003a\u002f\u002fx.example?a=1\u0026key=hidden-1"])",
     R"(["https://x.example?a=1&key=[removed]"])"},
    {R"("{\"password\":\"hidden-1\"}")", R"("{\"password\":\"[removed]\"}")"}, // encoded twice
    {R"({"x":"{\"y\":\"{\\\"password\\\":\\\"hidden-1\\\"}\"}"})",
     R"({"x":"{\"y\":\"{\\\"password\\\":\\\"[removed]\\\"}\"}"})"},
    // cut short, or no JSON but like it: where a credential may stand in it, all of it goes
    {R"({"lang":"de","password":"hidden-1","n)", "[removed]"},
    {R"({"lang":"de","password":"hidden-1)", "[removed]"},
    {R"([{"value":"hidden-1","na)", "[removed]"},
    {R"(word":"x","password":"hidden-1"})", "[removed]"},
    {R"(password":"hidden-1"})", "[removed]"},
    {R"("{\"password\":\"hidden-1\",\"la)", "[removed]"},
    {R"({"x":"{\"password\":\"hidden-1\",\"la)", "[removed]"},
    {R"({"x":"{\"y\":\"{\\\"password\\\":\\\"hidden-1)", "[removed]"},
    {R"({"pass\u0077ord":"hidden-1","n)", "[removed]"},
    {"\xEF\xBB\xBF{\"password\":\"hidden-1\"}", "[removed]"},
    {"{\"a\":1}\n{\"password\":\"hidden-1\"}", "[removed]"},
    {R"(failed: {"password":"hidden-1"})", "[removed]"},
    {R"({"url":"https:\/\/bob:hidden-1@x.example","n)", "[removed]"},
    {R"({"url":"https\u003a//bob:hidden-1@x.example","n)", "[removed]"},
    {R"({"url":"https://bob:\"hidden-1@x.example","n)", "[removed]"},
    // links of a text that is no JSON
    {R"({"url":"https://bob:hidden-1@x.example/?key=hidden-1","n)",
     R"({"url":"https://[removed]@x.example/?key=[removed]","n)"},
    {R"({"a":1}, see https://x.example/?key=hidden-1 or "https://bob:hidden-1@y")",
     R"({"a":1}, see https://x.example/?key=[removed] or "https://[removed]@y")"},
    {"https://x.example,https://bob:hidden-1@y", "https://x.example,https://[removed]@y"},
    {"https://x.example/?to=https://bob:hidden-1@y", "https://x.example/?to=https://[removed]@y"},
    {R"(https://bob:\hidden-1@x)", "[removed]"},
    {"https://x/a b https://y/?key=hidden-1", "https://x/a b https://y/?key=[removed]"},
});

TEST(SecretFilter, KeepsNoCredentialOfATextHoweverItIsWritten) {
    for (const auto& each : texts) {
        for (const auto& contents :
             {written(each.plain), written_as_php(each.plain), written_in_numbers(each.plain)}) {
            const auto clean = nlohmann::json::parse(cleaned(R"({"a":")" + contents + "\"}"));
            EXPECT_EQ(clean.at("a"), each.clean) << contents;
        }
    }
}

TEST(SecretFilter, KeepsATextThatOnlyLooksLikeJson) {
    for (const std::string_view plain :
         {R"([bob] a 6" pipe, the "password": [x] 7" wide)", R"(my password: "none", key = 'x')",
          R"({"lang":"de","tokens)", R"({"url":"https://x.example/a?b=1","n)", R"(C:\temp: "a": b)",
          R"({"x":"{\"lang\":\"de\",\"n)", R"(no \u0041 escape)"}) {
        const bool has_name = plain.find("\"password\":") != plain.npos;
        const auto body = R"({"a":")" + written(plain) + "\",\"key\":\"k\"}";
        EXPECT_EQ(cleaned(body), R"({"a":")" + (has_name ? "[removed]" : written(plain)) +
                                     R"(","key":"[removed]"})");
    }
}

TEST(SecretFilter, TakesAWholeTextAwayThatIsNestedTooDeepToBeLookedInto) {
    std::string text = R"({"password":"hidden-1"})";
    for (int depth = 0; depth < 12; ++depth) {
        text = R"({"a":")" + written(text) + "\"}";
        EXPECT_THAT(cleaned(text), Not(HasSubstr("hidden-1"))) << depth;
        EXPECT_THAT(cleaned(text), HasSubstr("[removed]")) << depth;
    }
}

TEST(SecretFilter, RemovesElsewhereWhatItTookFromJsonWithinAText) {
    EXPECT_EQ(cleaned(R"({"a":"{\"password\":\"hidden-1\"}","b":"hidden-1"})"),
              R"({"a":"{\"password\":\"[removed]\"}","b":"[removed]"})");
}

// So that it costs little where there is nothing to take out.
TEST(SecretFilter, GivesTheSameBodyBackWhereItHoldsNone) {
    secret_filter filter(rules);
    for (const std::string_view body :
         {R"([{"id":7,"at":"10:11:12","name":"n","url":"https://x.example/a/b.mp4"}])",
          R"({"mail":"bob@x.example","see":"https://x/?q=bob@x.example&design=1#top","t":"a: b"})",
          R"({"text":"she said \"no\": and left","path":"https://x/a:b@c"})",
          R"({"settings":"{\"lang\":\"de\"}"})", R"([])", ""}) {
        EXPECT_EQ(filter.apply(body).data(), body.data()) << body;
    }
}

TEST(SecretFilter, FindsSecretNamesHoweverTheyAreWritten) {
    for (const char* body : {R"({"a\"password":"hidden-one"})", R"({"password\\":"hidden-one"})",
                             "{\"password\"\n\t : \"hidden-one\"}", R"({"PASSWORD":"hidden-one"})",
                             R"({"x":[{"value":"hidden-one","name":"a key"}]})",
                             R"({"t":"\"a\": b","password":"hidden-one"})"}) {
        EXPECT_THAT(cleaned(body), Not(HasSubstr("hidden-one"))) << body;
    }
}

TEST(SecretFilter, KnowsNothingOfJsonThatIsBroken) {
    for (const char* body :
         {R"({"password":"hidden-one)", R"({"password":"hidden-one",})",
          R"({"password":["hidden-one")", R"(}}]]{"password":"hidden-one"}})",
          R"({"password" "hidden-one","key":"hidden-one"})", R"({"id":7x,"password":"hidden-one"})",
          R"({"password":hidden-one})"}) {
        if (std::string_view(body).find("\" \"") == std::string_view::npos) {
            EXPECT_THAT(cleaned(body), Not(HasSubstr("hidden-one"))) << body;
        }
        cleaned(body); // and never reads beyond it
    }
    EXPECT_EQ(cleaned(""), "");
    EXPECT_EQ(cleaned("\"\\"), "\"\\");
}

// ---- in the decoder

providers::resource with_secrets() {
    auto made = things_by_text();
    made.key_pointer = "/token";
    made.secrets = rules;
    return made;
}

// Its own text is what is looked for elsewhere, not what a bad escape leaves of it: that may be
// nothing, which is found everywhere and for ever.
TEST(Regression, ASecretWithABadEscapeTakesNothingElseOut) {
    EXPECT_EQ(cleaned(R"({"password":"\!nothing","n":"m"})"),
              R"({"password":"[removed]","n":"m"})");
    EXPECT_EQ(cleaned(R"({"password":"ab\qcdefgh","n":"cab"})"),
              R"({"password":"[removed]","n":"cab"})");
}

// Each of these took hours.
TEST(Regression, AMillionLinksOrParametersAreLookedAtOnce) {
    constexpr int copies = 1'000'000;
    std::string links;
    std::string parameters;
    for (int copy = 0; copy < copies; ++copy) {
        links += "a://b/,";
        parameters += "a=";
    }
    for (const auto& text :
         {links, "a://b?" + parameters, "a://b:c@d/?" + parameters, "a://b:c@d/ " + links}) {
        EXPECT_THAT(cleaned(R"(["a":")" + text + R"(","password":"hidden-1"])"),
                    Not(HasSubstr("hidden-1")));
    }
}

TEST(Regression, TwoLinksOfATextOfWhichOneIsSignedGiveOneText) {
    EXPECT_EQ(cleaned(R"(["https://x/a,https://y/?sig=hidden-1","z"])"),
              R"(["https://x/a,https://y/?sig=[removed]","z"])");
}

TEST(Regression, AMillionCopiesOfASecretAreReplacedInOneGo) {
    constexpr int copies = 1'000'000;
    std::string text;
    std::string want;
    for (int copy = 0; copy < copies; ++copy) {
        text += "abcdefgh ";
        want += "[removed] ";
    }
    EXPECT_EQ(cleaned(R"({"password":"abcdefgh","n":")" + text + "\"}"),
              R"({"password":"[removed]","n":")" + want + "\"}");
}

TEST(Decoder, KeepsAHashedKeyAndNoCredential) {
    const auto resource = with_secrets();
    const auto page =
        page_of(R"([{"token":"abcdefgh","t":"see abcdefgh","password":"p"}])", resource);
    ASSERT_EQ(page.records.size(), 1U);
    EXPECT_EQ(page.records[0].key, sha256_of("abcdefgh"));
    EXPECT_THAT(std::string(page.records[0].line), Not(HasSubstr("abcdefgh")));
    EXPECT_THAT(std::string(page.records[0].line), HasSubstr(R"("password":"[removed]")"));
}

TEST(Decoder, KeepsNoCredentialOfWhatItRejectsOrCannotRead) {
    const auto resource = with_secrets();
    const auto page = page_of(R"([{"id":1,"password":"hidden-one"},"x"])", resource);
    ASSERT_EQ(page.rejected.size(), 2U);
    EXPECT_THAT(page.rejected[0].raw, Not(HasSubstr("hidden-one")));
    EXPECT_EQ(error_of("token;mail\nhidden-one;a@b", resource), "not JSON");
}

// A record without the member that is its key may hold it elsewhere.
TEST(Decoder, ShowsNothingOfARejectedRecordWhoseKeyIsACredential) {
    const auto& platform = *providers::find_platform("snapcall");
    const auto page = page_of(R"(["hidden-one",["hidden-two"],{"code":"hidden-three"}])",
                              *providers::find_resource(platform, "invites"));
    ASSERT_EQ(page.rejected.size(), 3U);
    for (const auto& each : page.rejected) {
        EXPECT_THAT(each.raw, Not(HasSubstr("hidden")));
        EXPECT_THAT(each.raw, HasSubstr("SHA-256"));
    }
    EXPECT_NE(page.rejected[0].raw, page.rejected[1].raw);
}

std::string raw_of(std::string_view resource, std::string_view record) {
    const auto& platform = *providers::find_platform("snapcall");
    const auto page = page_of(record, *providers::find_resource(platform, resource));
    return page.records.size() == 1 ? std::string(page.records[0].line) : "not one record";
}

// What people put into a stream, and a user that is in an event, are what they are elsewhere.
TEST(Decoder, KeepsNoCredentialOfCallsStreamsAndEventsButAStreamsName) {
    for (const char* resource : {"calls", "partner_calls", "streams", "stream_events"}) {
        const auto line = raw_of(
            resource, R"([{"id":7,"token":"the-name","context":{"externalIdUrl":)"
                      R"("https://bob:hidden-one@crm.example/?access_token=hidden-two&id=9"},)"
                      R"("data":{"s3Asset":"https://m.example/1.mp4?X-Amz-Signature=hidden-six"},)"
                      R"("user":{"settings":{"password":"hidden-three","apiKey":"hidden-four",)"
                      R"("uploadToken":"hidden-five","lang":"de"}}}])");
        EXPECT_THAT(line, Not(HasSubstr("hidden"))) << resource;
        EXPECT_THAT(line, HasSubstr("the-name")) << resource;
        EXPECT_THAT(line, HasSubstr(R"("lang":"de")")) << resource;
        EXPECT_THAT(line, HasSubstr("crm.example/?access_token=[removed]&id=9")) << resource;
    }
    const auto& platform = *providers::find_platform("snapcall");
    EXPECT_THAT(error_of("<html>busy</html>", *providers::find_resource(platform, "calls")),
                HasSubstr("busy"));
}

// Whoever has one of these logs in as that user.
TEST(Decoder, KeepsNoLoginOfPeople) {
    for (const char* name :
         {"password_hash", "pwd", "otp", "totpCode", "jwt", "cookie", "authorization", "sessionId",
          "bearerToken", "recovery_codes", "resetLink", "reset_url", "magic_link", "passcode"}) {
        for (const char* resource : {"users", "invites", "agents", "teams"}) {
            const auto line = raw_of(resource, R"([{"id":7,"token":"t","email":"a@b.example",")" +
                                                   std::string(name) + R"(":["hidden-one"]}])");
            EXPECT_THAT(line, HasSubstr("[removed]")) << resource << ' ' << name;
            EXPECT_THAT(line, Not(HasSubstr("hidden-one"))) << resource << ' ' << name;
        }
    }
    for (const char* name : {"session_duration", "lastSessionAt", "authorizations"}) {
        const auto line =
            raw_of("teams", R"([{"id":7,")" + std::string(name) + R"(":["shown-one"]}])");
        EXPECT_THAT(line, HasSubstr("shown-one")) << name;
    }
    // That of a call lets nobody in, and tells which stream it was.
    EXPECT_THAT(raw_of("calls", R"([{"id":7,"session_id":"shown-one"}])"), HasSubstr("shown-one"));
}

TEST(Decoder, KeepsNoCredentialOfALinkInATextThatIsJson) {
    for (const char* slashes : {"//", R"(\/\/)", R"(\\/\\/)", R"(\\\/\\\/)"}) {
        const auto line =
            raw_of("integrations", R"([{"id":7,"settings":"{\"url\":\"https:)" +
                                       std::string(slashes) + R"(hooks.example\/hidden\"}"}])");
        EXPECT_THAT(line, Not(HasSubstr("hidden"))) << slashes;
        EXPECT_THAT(line, HasSubstr("hooks.example")) << slashes;
    }
}

TEST(Decoder, KeepsOfLinksInIntegrationsTheHost) {
    const auto line = raw_of("integrations", R"([{"id":7,"url":"https://hooks.example/T0/hidden",)"
                                             R"("docs":"https:\/\/x.example?hidden","home":)"
                                             R"("see https://y.example/ or https://z.example"}])");
    EXPECT_THAT(line, Not(HasSubstr("hidden")));
    for (const char* shown : {"https://hooks.example/[removed]", "https://x.example?[removed]",
                              "see https://y.example/ or https://z.example"}) {
        EXPECT_THAT(line, HasSubstr(shown));
    }
}

TEST(Decoder, KeepsNoCredentialOfIntegrations) {
    for (const char* name : {"accountSid", "sid", "cert", "clientCert", "certificate_pem", "pin",
                             "PIN", "sessionId", "session", "api_key", "webhookUrl"}) {
        const auto line =
            raw_of("integrations", R"([{"id":7,"type":"crm","config":{")" + std::string(name) +
                                       R"(":"hidden-one","spinning":"shown-one"}}])");
        EXPECT_THAT(line, Not(HasSubstr("hidden-one"))) << name;
        EXPECT_THAT(line, HasSubstr("shown-one")) << name;
    }
    EXPECT_THAT(raw_of("integrations", R"([{"id":7,"url":"https://bob:hidden-one@x.example/"}])"),
                Not(HasSubstr("hidden-one")));
}

TEST(Decoder, DoesNotSeeAChangedCredentialAsAChange) {
    const auto resource = with_secrets();
    const auto before = page_of(R"([{"token":"t","password":"p"}])", resource);
    const auto after = page_of(R"([{"token":"t","password":"q"}])", resource);
    EXPECT_EQ(before.records[0].hash, after.records[0].hash);
}

} // namespace
} // namespace callmirror::decode

#include "sync/decode/content_hash.hpp"
#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::decode {
namespace {

using testing::HasSubstr;

TEST(Lines, AreWhatCopyReads) {
    decoder made{"ac\tme", things()};
    const auto result = made.page(
        R"([{"id":7,"t":"a\tb","n":1,"d":2.5,"b":true,"w":"2026-11-20T10:00:00Z","j":{"k":"\\"}},)"
        "\n"
        R"( { "id" : "8" ,)"
        "\t\r\n"
        R"( "t" : "x \u0000 y" } ])");
    ASSERT_TRUE(result.page) << result.error.reason;
    const auto& records = result.page->records;
    ASSERT_EQ(records.size(), 2U);

    EXPECT_EQ(
        records[0].line,
        "ac\\tme\t7\t" + std::to_string(static_cast<std::int64_t>(records[0].hash)) +
            "\ta\\tb\t1\t2.5\tt\t2026-11-20T10:00:00Z\t{\"k\":\"\\\\\\\\\"}\t\\N\t"
            R"({"id":7,"t":"a\\tb","n":1,"d":2.5,"b":true,"w":"2026-11-20T10:00:00Z","j":{"k":"\\\\"}})"
            "\n");

    EXPECT_EQ(records[1].line, "ac\\tme\t8\t" +
                                   std::to_string(static_cast<std::int64_t>(records[1].hash)) +
                                   "\tx \uFFFD y\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t"
                                   R"({"id":"8","t":"x \\ufffd y"})"
                                   "\n");
}

TEST(Lines, HaveTheColumnsThatTheyAreSaidToHave) {
    EXPECT_THAT(line_columns(things()),
                testing::ElementsAre("account", "id", "content_hash", "t", "n", "d", "b", "w", "j",
                                     "list", "raw"));
    EXPECT_EQ(fields_of(page_of(R"([{"id":1}])").records.at(0).line).size(), 11U);
}

TEST(Lines, OfAStreamEventHoldItsDocumentedFields) {
    const auto* resource =
        providers::find_resource(*providers::find_platform("snapcall"), "stream_events");
    ASSERT_NE(resource, nullptr);
    const std::string event =
        R"({"id":901,"stream_id":17,"type":"media","peer_id":"p1","role":"agent",)"
        R"("data":{"from":"agent","type":"audio","s3Asset":"a/b.mp4","summary":{"text":"Fine.",)"
        R"("status":"done"},"thumbnail":{"s3Asset":"t.jpg","s3Bucket":"b"},)"
        R"("assemblyTranscriptId":"tr"},"emitted_at":"2026-11-20T10:00:00.000Z",)"
        R"("created_at":"2026-11-20 10:00:01","user":{"id":"5","name":"Zo\u00eb","email":"z@x.org",)"
        R"("settings":{},"avatar_url":null,"role":{"id":3,"name":"agent"}}})";
    const decoded_page page = page_of("{\"stream_events\":[" + event + "],\"total\":1}", *resource);
    ASSERT_EQ(page.records.size(), 1U);
    EXPECT_EQ(page.misfits, 0U);
    fields line = fields_of(page.records[0].line);
    line.erase(line.begin() + 2); // the hash
    EXPECT_THAT(line, testing::ElementsAre("acme", "901", "17", std::nullopt, "media",
                                           "2026-11-20T10:00:00.000Z", "2026-11-20T10:00:01.000Z",
                                           "p1", "agent", "5", "Zoë", "z@x.org", "audio", "agent",
                                           "a/b.mp4", "Fine.", "done", "t.jpg", "tr", event));
}

TEST(Lines, RawKeepsEveryDigitAndEscapeButThoseThatPostgresCanNotHold) {
    const auto raw = [](std::string_view value) {
        return column_of("raw", "\"x\":" + std::string{value});
    };
    for (const std::string_view kept :
         {"123456789012345678901234567890.1234567890123456789", "1e400", R"("\u00e9\/\b")",
          R"("\\u0000")", R"("\\\\u0000")", R"("\ud83d\ude00")", "\"\u00e9\"",
          R"({"a":[1,{"b":null}],"a":2})"}) {
        EXPECT_EQ(raw(kept), R"({"id":1,"x":)" + std::string{kept} + "}");
    }
    EXPECT_EQ(raw(R"("\u0000")"), R"({"id":1,"x":"\ufffd"})");
    EXPECT_EQ(raw(R"("\\\u0000")"), R"({"id":1,"x":"\\\ufffd"})");
    EXPECT_EQ(raw(R"("\uD800\uD800\uDC00\udFfF")"), R"({"id":1,"x":"\ufffd\uD800\uDC00\ufffd"})");
    EXPECT_EQ(raw(R"({"\u0000":1})"), R"({"id":1,"x":{"\ufffd":1}})");
}

TEST(Lines, SurviveThePageMovingAndTheDecoderGoing) {
    decoded_page kept;
    {
        decoder made{"a", things()};
        decoder::result first = made.page(R"([{"id":1}])");
        kept = std::move(*first.page);
        (void)made.page(R"([{"id":22222222222},{"id":3}])");
        decoder other{std::move(made)};
        (void)other.page(R"([{"id":4444444444}])");
    }
    const decoded_page moved = std::move(kept);
    EXPECT_EQ(moved.records.at(0).key, "1");
    EXPECT_TRUE(moved.records.at(0).line.ends_with("{\"id\":1}\n"));
}

TEST(Keys, AreCanonical) {
    const auto key = [](std::string_view id, const providers::resource& resource) {
        const decoded_page page = page_of("[{\"id\":" + std::string{id} + "}]", resource);
        return page.records.empty() ? "<rejected> " + page.rejected.at(0).reason
                                    : std::string{page.records[0].key};
    };
    EXPECT_EQ(key("9007199254740993", things()), "9007199254740993");
    EXPECT_EQ(key(R"("12")", things()), "12");
    EXPECT_EQ(key(R"("-12")", things()), "-12");
    EXPECT_EQ(key("12.0", things()), R"(<rejected> "id" is 12.0, want a whole number)");
    EXPECT_EQ(key("null", things()), R"(<rejected> no "id")");
    EXPECT_EQ(key("{}", things()), R"(<rejected> "id" is an object, want a whole number)");
    EXPECT_EQ(key(R"("a\n")", things()), R"(<rejected> "id" is "a\x0a", want a whole number)");
    EXPECT_EQ(key(R"("a\u0062\n")", things_by_text()), "ab\n");
    EXPECT_EQ(key("12", things_by_text()), "12");
    EXPECT_EQ(key("\"" + std::string(1024, 'k') + "\"", things_by_text()), std::string(1024, 'k'));
    EXPECT_THAT(key("\"" + std::string(1025, 'k') + "\"", things_by_text()),
                HasSubstr("want text of 1 to 1024 bytes"));
    EXPECT_THAT(key(R"("")", things_by_text()), HasSubstr("want text of 1 to 1024 bytes"));
    EXPECT_THAT(key("true", things_by_text()), HasSubstr("want text of 1 to 1024 bytes"));
}

TEST(Hash, LeavesOutBlanksBetweenTokens) {
    const auto hash = [](std::string_view record) {
        return page_of(std::string{"["} + std::string{record} + "]").records.at(0).hash;
    };
    const std::uint64_t minified = hash(R"({"id":1,"t":"a b","l":[1,{}]})");
    EXPECT_EQ(hash(" {\n \"id\": 1,\r\n\t\"t\" :\"a b\" ,\"l\":[ 1,{ } ] }"), minified);
    EXPECT_EQ(hash(R"({"id":1,"t":"a b","l":[1,{ }]})"), minified);
    EXPECT_EQ(hash(R"({"id":1,"t":"a b","l":[1 ,{}]})"), minified);
    EXPECT_NE(hash(R"({"id":1,"t":"a  b","l":[1,{}]})"), minified);
    EXPECT_NE(hash(R"({"t":"a b","id":1,"l":[1,{}]})"), minified);
}

TEST(Hash, LeavesOutTheQueryOfSignedUrls) {
    const auto with = [](std::string_view url) {
        return content_hash(R"({"id":1,"u":[")" + std::string{url} + R"("],"t":"why?"})");
    };
    const std::uint64_t bare = with("https://m.example.org/a.mp4");
    for (const std::string_view query :
         {"?X-Amz-Date=1&X-Amz-Signature=ab", "?v=2&x-amz-signature=ab", "?X-Goog-Signature=1",
          "?Expires=1&Signature=a~b&Key-Pair-Id=K", "?sv=1&se=2&sig=a%2B", "?token=a&se=2",
          "?token=a&expires=9", R"(?a=1\u0026Signature=2)", R"(?Signature\u003dabc)",
          R"(?Signature=\"x)", "?hash=1&exp=3", "?Signature=a#f"}) {
        EXPECT_EQ(with("https://m.example.org/a.mp4" + std::string{query}), bare) << query;
    }
    for (const std::string_view query :
         {"?v=2", "?token=abc", "?", "?signed=1", "?x=Signature", "?se=1", "?a#&Signature=1"}) {
        EXPECT_NE(with("https://m.example.org/a.mp4" + std::string{query}), bare) << query;
    }
    EXPECT_EQ(with(R"(http:\/\/m\/a?Signature=1)"), with(R"(http:\/\/m\/a?Signature=2)"));
    EXPECT_NE(with("ftp://m/a?Signature=1"), with("ftp://m/a?Signature=2"));
    EXPECT_NE(with("see https://m/a?Signature=1"), with("see https://m/a?Signature=2"));
    EXPECT_NE(with("https://m/a?Signature=1"), with("https://m/b?Signature=1"));
    EXPECT_NE(with("https://m/a?Signature=1"), with("https://m/a?Signature=1\",\"more"));
    EXPECT_NE(content_hash(R"({"http://m/a?Signature=1":1})"),
              content_hash(R"({"http://m/a?Signature=2":1})"));
    const auto two = [](std::string_view a, std::string_view b) {
        return content_hash(R"({"a":"https://m/a?sig=)" + std::string{a} +
                            R"(","q":"??\"?","b":"https://m/b?sig=)" + std::string{b} + R"("})");
    };
    EXPECT_EQ(two("1", "2"), two("345", "6"));
}

// A newer program may read a record otherwise: then its row is written anew, and only then.
TEST(Hash, TellsWhatTheRowWouldBe) {
    using providers::column;
    const auto hash = [](const std::vector<column>& columns) {
        auto resource = things();
        resource.columns = columns;
        return page_of(R"([{"id":1,"a":null,"b":"7","c":"7"}])", resource).records.at(0).hash;
    };
    using enum providers::column_type;
    constexpr std::array<std::string_view, 1> b{"/b"}, c{"/c"}, none{"/a"};
    constexpr std::array<std::string_view, 2> a_or_b{"/a", "/b"};
    const auto of_text = content_hash(R"({"id":1,"a":null,"b":"7","c":"7"})");
    EXPECT_EQ(hash({}), of_text);
    EXPECT_EQ(hash({{"x", text, none}, {"y", boolean, b}}), of_text); // null, and no boolean
    const auto filled = hash({{"x", text, b}});
    EXPECT_NE(filled, of_text);
    EXPECT_EQ(hash({{"x", text, a_or_b}}), filled);
    EXPECT_EQ(hash({{"y", text, none}, {"x", text, b}}), filled);
    EXPECT_NE(hash({{"x", text, c}}), filled);
    EXPECT_NE(hash({{"x", bigint, b}}), filled);
    EXPECT_NE(hash({{"y", text, b}}), filled);
    EXPECT_EQ(hash({{"x", text, b}, {"y", text, c, true}}), filled); // the operator's own
}

TEST(Hash, IsThatOfTheTextOnTheHotPath) {
    // What `printf '{"id":1}' | xxhsum -H3` says: a digest that an older build wrote has to mean
    // the same to a newer one.
    EXPECT_EQ(content_hash(R"({"id":1})"), 0xeae780b141b62740U);
}

TEST(SingleRecord, IsFoundBareAndInItsEnvelopes) {
    decoder made{"acme", things()};
    for (const std::string_view body :
         {R"({"id":5,"data":{"id":6}})", R"({"data":{"id":5}})", R"({"odd_thing":{"id":5}})",
          R"({"oddThing":{"id":5},"user":{"id":7}})", R"({"thing":{"id":5}})",
          R"({"data":{"thing":{"id":5}}})", R"({"result":{"id":5}})", R"([{"id":5}])",
          R"({"data":[{"id":5}]})", R"({"odd_things":[{"id":5}]})", R"({"item":{"id":5}})",
          R"({"success":true,"response":{"record":{"id":5}}})"}) {
        const auto result = made.record(body);
        ASSERT_TRUE(result.page) << body << ": " << result.error.reason;
        ASSERT_EQ(result.page->records.size(), 1U) << body;
        EXPECT_EQ(result.page->records[0].key, "5") << body;
        EXPECT_TRUE(result.page->rejected.empty()) << body;
        EXPECT_EQ(result.page->served, 1U) << body;
    }
}

TEST(SingleRecord, IsNotConcludedFromAnythingElse) {
    decoder made{"acme", things()};
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "an empty body"},
        {"null", "null, want a record"},
        {"<html>", "HTML"},
        {R"({"data":null})", R"(no record in it: no "id")"},
        {"{}", R"(no record in it: no "id")"},
        {"[]", "no record in it: not one object"},
        {R"([{"id":1},{"id":2}])", "no record in it: not one object"},
        {R"({"id":"abc"})", R"("id" is "abc")"},
        {R"({"statusCode":404,"error":"Not Found"})", "an error object"},
        {R"({"success":false,"data":{"id":1}})", "an error object"},
        {R"({"id":1)", "cut short"},
        {R"({"id":1}})", "more text after its end"},
    };
    for (const auto& [body, reason] : cases) {
        const auto result = made.record(body);
        EXPECT_FALSE(result.page) << body;
        EXPECT_THAT(result.error.reason, HasSubstr(reason)) << body;
    }
}

} // namespace
} // namespace callmirror::decode

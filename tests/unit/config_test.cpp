#include "config/load.hpp"
#include "config/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>

namespace callmirror::config {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view least = R"([database]
url = "postgresql:///reporting"
[[accounts]]
name = "acme"
api_key_file = "acme.key"
)";

// A file with `account` in its account, from line 6, and `rest` behind.
std::string with(std::string_view account, std::string_view rest = "") {
    return std::string{least} + std::string{account} + '\n' + std::string{rest};
}

settings good(const std::string& toml, const std::string& file = "callmirror.toml") {
    const load_result result = parse(toml, file);
    if (const auto* const bad = std::get_if<mistakes>(&result)) {
        ADD_FAILURE() << bad->to_text();
        return {};
    }
    return std::get<settings>(result);
}

// What is told of a file with mistakes; "" where it has none.
std::string told(const std::string& toml) {
    const load_result result = parse(toml, "callmirror.toml");
    const auto* const bad = std::get_if<mistakes>(&result);
    return bad == nullptr ? "" : bad->to_text();
}

TEST(Settings, HaveTheDefaultsOfTheContract) {
    const settings read = good(std::string{least});
    EXPECT_EQ(read.database.url,
              (secret_source{secret_origin::literal, "", secret{"postgresql:///reporting"}}));
    EXPECT_EQ(read.sync.poll_interval, 30s);
    EXPECT_EQ(read.sync.give_up_after, 15min);
    EXPECT_EQ(read.http.listen, (listen_address{"127.0.0.1", 9464}));
    EXPECT_FALSE(read.http.allow_remote);
    EXPECT_EQ(read.log.level, log_level::info);
    EXPECT_EQ(read.log.format, log_format::automatic);
    ASSERT_EQ(read.accounts.size(), 1U);
    const account_settings& account = read.accounts[0];
    EXPECT_EQ(account.name, "acme");
    EXPECT_EQ(account.provider, "snapcall");
    EXPECT_EQ(account.base_url, "https://api.snapcall.io");
    EXPECT_EQ(account.api_key, (secret_source{secret_origin::file, "acme.key", {}}));
    EXPECT_EQ(account.auth, auth_scheme::basic);
    EXPECT_TRUE(account.companies.empty());
    EXPECT_TRUE(account.resources.empty());
    EXPECT_FALSE(account.history_start);
    EXPECT_EQ(account.snapshot_interval, 10min);
    EXPECT_EQ(account.page_size, 100U);
    EXPECT_EQ(account.requests_per_second, 5.0);
    EXPECT_EQ(account.max_in_flight, 4U);
    EXPECT_EQ(account.request_timeout, 30s);
    EXPECT_EQ(account.ca_file, "");
}

TEST(Settings, TakeEveryKeyFromTheFile) {
    const settings read = good(R"(
[database]
url_env = "DATABASE_URL"
[sync]
poll_interval = "5s"
give_up_after = "2h"
[http]
listen = "[::]:80"
allow_remote = true
[log]
level = "trace"
format = "json"
[[accounts]]
name = "a.B-9_"
provider = "snapcall"
base_url = "HTTP://LocalHost:8080/"
api_key_env = "ACME_KEY"
auth = "bearer"
companies = [1, 9223372036854775807]
resources = ["streams", "calls"]
history_start = 2020-01-01
snapshot_interval = "1h"
page_size = 50
requests_per_second = 2
max_in_flight = 8
request_timeout = "1m"
ca_file = "ca.pem"
[[accounts]]
name = "two"
api_key_credential = "two.key"
)",
                               "/etc/callmirror/callmirror.toml");
    EXPECT_EQ(read.database.url, (secret_source{secret_origin::environment, "DATABASE_URL", {}}));
    EXPECT_EQ(read.sync.poll_interval, 5s);
    EXPECT_EQ(read.sync.give_up_after, 2h);
    EXPECT_EQ(read.http.listen, (listen_address{"::", 80}));
    EXPECT_TRUE(read.http.allow_remote);
    EXPECT_EQ(read.log.level, log_level::trace);
    EXPECT_EQ(read.log.format, log_format::json);
    ASSERT_EQ(read.accounts.size(), 2U);
    const account_settings& account = read.accounts[0];
    EXPECT_EQ(account.name, "a.B-9_");
    EXPECT_EQ(account.base_url, "http://localhost:8080");
    EXPECT_EQ(account.api_key, (secret_source{secret_origin::environment, "ACME_KEY", {}}));
    EXPECT_EQ(account.auth, auth_scheme::bearer);
    EXPECT_EQ(account.companies, (std::vector<std::int64_t>{1, 9223372036854775807}));
    EXPECT_EQ(account.resources, (std::vector<std::string>{"streams", "calls"}));
    EXPECT_EQ(account.history_start, parse_time("2020-01-01"));
    EXPECT_EQ(account.snapshot_interval, 1h);
    EXPECT_EQ(account.page_size, 50U);
    EXPECT_EQ(account.requests_per_second, 2.0);
    EXPECT_EQ(account.max_in_flight, 8U);
    EXPECT_EQ(account.request_timeout, 1min);
    EXPECT_EQ(account.ca_file, "/etc/callmirror/ca.pem");
    EXPECT_EQ(read.accounts[1].name, "two");
    EXPECT_EQ(read.accounts[1].api_key, (secret_source{secret_origin::credential, "two.key", {}}));
}

TEST(Settings, CompareEqualWhereNothingChanged) {
    EXPECT_EQ(good(std::string{least}), good(with("# a remark")));
    EXPECT_NE(good(std::string{least}), good(with("page_size = 50")));
}

TEST(Settings, TakeADateInEachForm) {
    struct {
        std::string_view value;
        std::string_view time;
    } const cases[] = {
        {"2020-02-29", "2020-02-29T00:00:00.000Z"},
        {"2020-01-01T08:30:00", "2020-01-01T08:30:00.000Z"},
        {"2020-01-01 08:30:00.1239Z", "2020-01-01T08:30:00.123Z"},
        {"2020-01-01T08:30:00+02:00", "2020-01-01T06:30:00.000Z"},
        {"2020-01-01T20:30:00-05:30", "2020-01-02T02:00:00.000Z"},
        {"\"2020-01-01\"", "2020-01-01T00:00:00.000Z"},
        {"\"2020-01-01T08:30:00+02:00\"", "2020-01-01T06:30:00.000Z"},
    };
    for (const auto& each : cases) {
        const settings read = good(with("history_start = " + std::string{each.value}));
        ASSERT_EQ(read.accounts.size(), 1U);
        ASSERT_TRUE(read.accounts[0].history_start) << each.value;
        EXPECT_EQ(format_utc(*read.accounts[0].history_start), each.time) << each.value;
    }
}

TEST(Settings, SwitchTheHttpServerOffWithAnEmptyAddress) {
    EXPECT_FALSE(good(with("", "[http]\nlisten = \"\"")).http.listen);
}

struct mistake_case {
    std::string toml;
    std::string_view text;
};

TEST(Mistakes, NameTheKeyItsLineItsValueAndTheRule) {
    const mistake_case cases[] = {
        {with("requests_per_second = -1"),
         "callmirror.toml:6: accounts[0].requests_per_second is -1, want a number from 0.01 to "
         "10000\n"},
        {with("requests_per_second = nan"),
         "callmirror.toml:6: accounts[0].requests_per_second is nan, want a number from 0.01 to "
         "10000\n"},
        {with("requests_per_second = \"5\""),
         "callmirror.toml:6: accounts[0].requests_per_second is \"5\", want a number from 0.01 to "
         "10000\n"},
        {with("page_size = 0"),
         "callmirror.toml:6: accounts[0].page_size is 0, want a whole number from 1 to 1000\n"},
        {with("page_size = 10.0"),
         "callmirror.toml:6: accounts[0].page_size is 10, want a whole number from 1 to 1000\n"},
        {with("max_in_flight = 65"),
         "callmirror.toml:6: accounts[0].max_in_flight is 65, want a whole number from 1 to 64\n"},
        {with("request_timeout = 30"),
         "callmirror.toml:6: accounts[0].request_timeout is 30, want a duration in quotes, such as "
         "\"30s\", \"15m\", \"6h\" or \"90d\"\n"},
        {with("request_timeout = \"500ms\""),
         "callmirror.toml:6: accounts[0].request_timeout is \"500ms\", want a duration in quotes, "
         "such as \"30s\", \"15m\", \"6h\" or \"90d\"\n"},
        {with("request_timeout = \"2h\""),
         "callmirror.toml:6: accounts[0].request_timeout is \"2h\", want a duration from \"1s\" to "
         "\"1h\"\n"},
        {with("", "[sync]\npoll_interval = \"0s\""),
         "callmirror.toml:8: sync.poll_interval is \"0s\", want a duration from \"1s\" to "
         "\"1d\"\n"},
        {with("", "[sync]\ngive_up_after = \"31d\""),
         "callmirror.toml:8: sync.give_up_after is \"31d\", want a duration from \"1s\" to "
         "\"30d\"\n"},
        {with("history_start = \"yesterday\""),
         "callmirror.toml:6: accounts[0].history_start is \"yesterday\", want a date such as "
         "2020-01-01 or 2020-01-01T00:00:00Z\n"},
        {with("history_start = 08:00:00"),
         "callmirror.toml:6: accounts[0].history_start is a time of day, want a date such as "
         "2020-01-01 or 2020-01-01T00:00:00Z\n"},
        {with("history_start = 0000-01-01"),
         "callmirror.toml:6: accounts[0].history_start is 0000-01-01, want a date such as "
         "2020-01-01 or 2020-01-01T00:00:00Z\n"},
        {with("auth = \"Baerer\""),
         "callmirror.toml:6: accounts[0].auth is \"Baerer\", want basic or bearer\n"
         "  hint: the nearest is \"bearer\"\n"},
        {with("auth = true"),
         "callmirror.toml:6: accounts[0].auth is true, want basic or bearer, in quotes\n"},
        {with("provider = \"snapcal\""),
         "callmirror.toml:6: accounts[0].provider is \"snapcal\", want snapcall\n"},
        {with("companies = 123"), "callmirror.toml:6: accounts[0].companies is 123, want a list of "
                                  "company ids, such as [123]\n"},
        {with("companies = [1,\n 0,\n \"x\",\n 1]"),
         "callmirror.toml:7: accounts[0].companies[1] is 0, want a company's id: a whole number > "
         "0\n"
         "callmirror.toml:8: accounts[0].companies[2] is \"x\", want a company's id: a whole "
         "number "
         "> 0\n"
         "callmirror.toml:9: accounts[0].companies[3] is 1 once more, want each company once\n"},
        {with("resources = []"),
         "callmirror.toml:6: accounts[0].resources is an empty list, want one name or more\n"
         "  hint: leave the key out to mirror all that the API key may read\n"},
        {with("resources = [\"calls\", \"calls\"]"),
         "callmirror.toml:6: accounts[0].resources[1] is \"calls\" once more, want each resource "
         "once\n"},
        {with("resources = [\"calls\", \"agents\"]"),
         "callmirror.toml:6: accounts[0].resources has \"agents\" without \"users\", want both: "
         "that "
         "is where its keys come from\n"},
        {with("snapshot_interval = \"2d\""),
         "callmirror.toml:6: accounts[0].snapshot_interval is \"2d\", want a duration from \"1s\" to "
         "\"1d\"\n"},
        {with("ca_file = \"\""),
         "callmirror.toml:6: accounts[0].ca_file is \"\", want the path of a file\n"},
        {with("ca_file = \"a\\u0000b\""),
         "callmirror.toml:6: accounts[0].ca_file is \"a\\x00b\", want the path of a file\n"},
        {with("", "[http]\nlisten = 9464"),
         "callmirror.toml:8: http.listen is 9464, want an address and port such as "
         "\"127.0.0.1:9464\" or \"[::1]:9464\", or \"\" for none\n"
         "  hint: all addresses are \"0.0.0.0:9464\" or \"[::]:9464\", with allow_remote = true\n"},
        {with("", "[http]\nlisten = \"0.0.0.0:9464\""),
         "callmirror.toml:8: http.listen is \"0.0.0.0:9464\", want a loopback address, or "
         "allow_remote = true with it\n"
         "  hint: whoever reaches that port can read metrics and status without a password\n"},
        {with("", "[http]\nallow_remote = \"yes\""),
         "callmirror.toml:8: http.allow_remote is \"yes\", want true or false\n"},
        {with("", "[log]\nlevel = \"INFO\""),
         "callmirror.toml:8: log.level is \"INFO\", want trace, debug, info, warn or error\n"
         "  hint: the nearest is \"info\"\n"},
        {with("", "[log]\nformat = \"jsn\""),
         "callmirror.toml:8: log.format is \"jsn\", want auto, text, json or journal\n"
         "  hint: the nearest is \"json\"\n"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(told(each.toml), each.text) << each.toml;
    }
}

TEST(Mistakes, NameTheNearestResource) {
    EXPECT_THAT(told(with("resources = [\"stream_event\"]")),
                testing::AllOf(testing::StartsWith("callmirror.toml:6: accounts[0].resources[0] is "
                                                   "\"stream_event\", want "),
                               testing::HasSubstr("calls"),
                               testing::EndsWith("  hint: the nearest is \"stream_events\"\n")));
}

TEST(Mistakes, NameTheNearestKnownKeyOrTheSectionItBelongsIn) {
    const mistake_case cases[] = {
        {with("pagesize = 5"),
         "callmirror.toml:6: accounts[0].pagesize is not known, the nearest key is page_size\n"},
        {with("poll_interval = \"5s\""),
         "callmirror.toml:6: accounts[0].poll_interval is not known here, it belongs in [sync]\n"},
        {with("", "[sync]\npage_size = 5"),
         "callmirror.toml:8: sync.page_size is not known here, it belongs in [[accounts]]\n"},
        {with("", "[logging]\nlevel = \"info\""),
         "callmirror.toml:7: logging is not known, the nearest key is log\n"},
        {with("", "[Sync]"), "callmirror.toml:7: Sync is not known, the nearest key is sync\n"},
        {with("", "[log]\n\"le\\nvel\" = 1"),
         "callmirror.toml:8: log.le\\x0avel is not known, the nearest key is level\n"},
        {with("api_key = \"SECRET\""),
         "callmirror.toml:6: accounts[0].api_key is not known, the nearest key is api_key_env\n"
         "  hint: the key itself does not belong in this file: put it in one of its own and name "
         "that as api_key_file\n"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(told(each.toml), each.text) << each.toml;
    }
}

TEST(Mistakes, AskForWhatIsMissingOrThereTwice) {
    const mistake_case cases[] = {
        {"", "callmirror.toml: there is no [database], want one with a url\n"
             "  hint: add [database] and url = \"postgresql:///NAME\"\n"
             "callmirror.toml: there is no account, want one [[accounts]] or more\n"
             "  hint: add [[accounts]] with a name and an api_key_file\n"},
        {"accounts = []\n[database]\nurl = \"postgres://h/d\"",
         "callmirror.toml:1: accounts is an empty list, want one [[accounts]] or more\n"},
        {"[database]\nurl = \"postgres://h/d\"\n[accounts]\nname = \"a\"",
         "callmirror.toml:3: accounts is a table, want [[accounts]] in double brackets, one for "
         "each API key\n"},
        {"accounts = [1]\ndatabase = 5",
         "callmirror.toml:1: accounts[0] is 1, want a table [[accounts]], one for each API key\n"
         "callmirror.toml:2: database is 5, want a table [database]\n"},
        {"[database]\n[[accounts]]\n",
         "callmirror.toml:1: database has no url, want one of url, url_file or url_env\n"
         "callmirror.toml:2: accounts[0] has no api_key_file, want one of api_key_file, "
         "api_key_env or api_key_credential\n"
         "callmirror.toml:2: accounts[0] has no name, want name = \"...\", 1 to 64 of a-z A-Z 0-9 "
         "_ "
         ". -\n"},
        {with("api_key_env = \"KEY\""),
         "callmirror.toml:6: accounts[0] has api_key_file and api_key_env, want only one of "
         "api_key_file, api_key_env or api_key_credential\n"},
        {"[database]\nurl_file = \"x\"\nurl = \"postgres://h/d\"\n[[accounts]]\nname = "
         "\"a\"\napi_key_env = \"K\"",
         "callmirror.toml:3: database has url_file and url, want only one of url, url_file or "
         "url_env\n"},
        {with("[[accounts]]\nname = \"other\"\napi_key_env = \"A\"\n[[accounts]]\napi_key_env = "
              "\"A\"\nname = \"acme\""),
         "callmirror.toml:11: accounts[2].name is \"acme\", as is accounts[0]'s, want each name "
         "once\n"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(told(each.toml), each.text) << each.toml;
    }
}

TEST(Mistakes, AreToldAllAtOnceInTheFilesOrder) {
    EXPECT_EQ(
        told("[log]\nlevel = 1\n[database]\nurl = 2\n[[accounts]]\nname = \"a b\"\n"
             "api_key_file = 3\nbase_url = \"ftp://x\"\nunknown = 4\n"),
        "callmirror.toml:2: log.level is 1, want trace, debug, info, warn or error, in quotes\n"
        "callmirror.toml:4: database.url is no libpq URI, want "
        "\"postgresql://host/database\"\n"
        "  hint: blanks and special characters in it are written as %20 and the like\n"
        "callmirror.toml:6: accounts[0].name is \"a b\", want 1 to 64 of a-z A-Z 0-9 _ . -\n"
        "callmirror.toml:7: accounts[0].api_key_file is 3, want the path of a file\n"
        "callmirror.toml:8: accounts[0].base_url is \"ftp://x\", want it to start with "
        "https://\n"
        "callmirror.toml:9: accounts[0].unknown is not known, the nearest key is name\n");
}

TEST(Mistakes, NeverShowWhatMayBeASecret) {
    const std::string cases[] = {
        "[database]\nurl = \"host=h password=SECRET\"\n[[accounts]]\nname = \"a\"\napi_key_env = "
        "\"K\"",
        "[database]\nurl = \"postgres://u:SECRET @h/d\"\n[[accounts]]\nname = \"a\"\napi_key_env "
        "= \"K\"",
        "[database]\nurl_env = \"postgres://u:SECRET@h/d\"\n[[accounts]]\nname = "
        "\"a\"\napi_key_env = \"K\"",
        "[database]\nurl = \"postgres:///d\"\n[[accounts]]\nname = \"a\"\napi_key_env = "
        "\"sk-SECRET\"",
        "[database]\nurl = \"postgres:///d\"\n[[accounts]]\nname = \"a\"\napi_key_credential = "
        "\"SECRET=\"",
        with("base_url = \"https://SECRET@api.snapcall.io\""),
        with("base_url = \"https://u:SECRET@api.snapcall.io/\""),
        with("api_key = \"SECRET\""),
        with("api_key = SECRET"),
        with("api_key = \"SECRET"),
    };
    for (const auto& each : cases) {
        const std::string text = told(each);
        EXPECT_NE(text, "") << each;
        EXPECT_THAT(text, testing::Not(testing::HasSubstr("SECRET"))) << each;
    }
}

TEST(Mistakes, PointAtTheLineThatIsNotToml) {
    EXPECT_EQ(told("[database]\nurl\n"),
              "callmirror.toml:2: not TOML: error while parsing key-value pair: expected '=', saw "
              "the end of the line\n"
              "  hint: callmirror.example.toml shows how sections and keys are written\n");
    EXPECT_THAT(told("[database]\nurl = \n"), testing::StartsWith("callmirror.toml:2: not TOML: "));
    EXPECT_THAT(told("[database]\n\n[database]\n"),
                testing::StartsWith("callmirror.toml:3: not TOML: "));
    EXPECT_THAT(told("a = \"\xFF\""), testing::StartsWith("callmirror.toml:1: not TOML: "));
}

TEST(Load, NamesAFileThatCannotBeRead) {
    const load_result missing = load("/nonexistent/callmirror.toml");
    ASSERT_TRUE(std::holds_alternative<mistakes>(missing));
    EXPECT_EQ(std::get<mistakes>(missing).to_text(),
              "/nonexistent/callmirror.toml: can't be read: no such file or directory\n"
              "  hint: callmirror.example.toml shows every key; --config names another file\n");
    const load_result folder = load("/tmp");
    ASSERT_TRUE(std::holds_alternative<mistakes>(folder));
    EXPECT_THAT(std::get<mistakes>(folder).to_text(),
                testing::StartsWith("/tmp: can't be read: it is a directory\n"));
}

TEST(Load, TakesPathsFromTheFilesOwnFolder) {
    const std::string path = testing::TempDir() + "callmirror_config_test.toml";
    std::ofstream{path} << with("ca_file = \"/abs/ca.pem\"");
    const load_result result = load(path);
    ASSERT_TRUE(std::holds_alternative<settings>(result));
    const account_settings& account = std::get<settings>(result).accounts.at(0);
    EXPECT_EQ(account.api_key.where, testing::TempDir() + "acme.key");
    EXPECT_EQ(account.ca_file, "/abs/ca.pem");
}

} // namespace
} // namespace callmirror::config

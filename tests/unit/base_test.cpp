#include "sync/base/text.hpp"
#include "sync/base/time.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace callmirror {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::milliseconds;

std::string parsed(std::string_view text) {
    const auto time = parse_time(text);
    return time ? format_utc(*time) : "nothing";
}

struct text_case {
    std::string_view from;
    std::string_view to;
};

TEST(Time, ReadsWhatApisServe) {
    const text_case cases[] = {
        {"2026-11-20T10:00:00.000Z", "2026-11-20T10:00:00.000Z"},
        {"2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000Z"},
        {"2026-11-20t10:00:00z", "2026-11-20T10:00:00.000Z"},
        {"2026-11-20 10:00:00", "2026-11-20T10:00:00.000Z"},
        {"2026-11-20 10:00", "2026-11-20T10:00:00.000Z"},
        {"2026-11-20T10:00Z", "2026-11-20T10:00:00.000Z"},
        {"2026-11-20T10:00:00.5Z", "2026-11-20T10:00:00.500Z"},
        {"2026-11-20T10:00:00.05Z", "2026-11-20T10:00:00.050Z"},
        {"2026-11-20T10:00:00.1239999999999999999999999999Z", "2026-11-20T10:00:00.123Z"},
        {"2026-11-20T10:00:00+02:00", "2026-11-20T08:00:00.000Z"},
        {"2026-11-20T10:00:00+0230", "2026-11-20T07:30:00.000Z"},
        {"2026-11-20 10:00:00+02", "2026-11-20T08:00:00.000Z"},
        {"2026-11-20T10:00:00-00:00", "2026-11-20T10:00:00.000Z"},
        {"2026-11-20", "2026-11-20T00:00:00.000Z"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(parsed(each.from), each.to) << each.from;
    }
}

TEST(Time, CarriesOffsetsOverMidnightAndYears) {
    const text_case cases[] = {
        {"2027-01-01T01:00:00+02:00", "2026-12-31T23:00:00.000Z"},
        {"2026-12-31T23:30:00-01:30", "2027-01-01T01:00:00.000Z"},
        {"2024-02-28T23:00:00-01:00", "2024-02-29T00:00:00.000Z"},
        {"2026-11-20T00:00:00+23:59", "2026-11-19T00:01:00.000Z"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(parsed(each.from), each.to) << each.from;
    }
}

TEST(Time, KnowsLeapYearsAndTheBoundsOfTheCalendar) {
    const text_case cases[] = {
        {"2024-02-29", "2024-02-29T00:00:00.000Z"},
        {"2000-02-29", "2000-02-29T00:00:00.000Z"},
        {"2023-02-29", "nothing"},
        {"1900-02-29", "nothing"},
        {"0001-01-01", "0001-01-01T00:00:00.000Z"},
        {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
        {"0000-12-31", "nothing"},
        {"0001-01-01T00:00:00+00:01", "nothing"},
        {"9999-12-31T23:59:59-00:01", "nothing"},
        {"2026-04-31", "nothing"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(parsed(each.from), each.to) << each.from;
    }
}

TEST(Time, CountsALeapSecondAsTheEndOfItsMinute) {
    EXPECT_EQ(parsed("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59.999Z");
    EXPECT_EQ(parsed("2016-12-31T23:59:60.5Z"), "2016-12-31T23:59:59.999Z");
    EXPECT_EQ(parsed("2016-12-31T23:59:61Z"), "nothing");
}

TEST(Time, RefusesEverythingElse) {
    const std::string_view cases[] = {
        "",
        "2026",
        "2026-11",
        "2026-1-2",
        "2026-00-10",
        "2026-13-10",
        "2026-11-00",
        "20261120",
        "2026/11/20",
        "2026-11-20T",
        "2026-11-20Z",
        "2026-11-20T10",
        "2026-11-20T10Z",
        "2026-11-20T10:0",
        "2026-11-20T10:00:",
        "2026-11-20T10:00:0",
        "2026-11-20T24:00:00Z",
        "2026-11-20T10:60:00Z",
        "2026-11-20T10:00:00.Z",
        "2026-11-20T10:00.5Z",
        "2026-11-20T10:00:00ZZ",
        "2026-11-20T10:00:00Z ",
        " 2026-11-20",
        "2026-11-20  10:00:00",
        "2026-11-20T10:00:00+2",
        "2026-11-20T10:00:00+02:",
        "2026-11-20T10:00:00+02:0",
        "2026-11-20T10:00:00+020",
        "2026-11-20T10:00:00+24:00",
        "2026-11-20T10:00:00+02:60",
        "2026-11-20T10:00:00 UTC",
        "-2026-11-20",
        "+2026-11-20",
        "99999999999999999999-01-01",
        "yesterday",
        "1700000000",
    };
    for (const auto each : cases) {
        EXPECT_FALSE(parse_time(each)) << each;
    }
    using namespace std::string_view_literals;
    EXPECT_FALSE(parse_time("2026-11-20\0"sv));
    EXPECT_FALSE(parse_time("2026-11-2\xC2\xB2"));
}

TEST(Time, ReadsBackEveryDayItWrites) {
    for (utc_time day = *parse_time("1999-12-30"); day < *parse_time("2005-01-02");
         day += days{1}) {
        EXPECT_EQ(parse_time(format_day(day)), day);
        EXPECT_EQ(parse_time(format_utc(day - 1ms)), day - 1ms);
    }
}

TEST(Time, ClampsWhatTheCalendarCannotShow) {
    EXPECT_EQ(format_utc(start_of_time), "0001-01-01T00:00:00.000Z");
    EXPECT_EQ(format_utc(end_of_time), "9999-12-31T23:59:59.999Z");
    EXPECT_EQ(format_day(start_of_time), "0001-01-01");
    EXPECT_EQ(format_day(end_of_time), "9999-12-31");
    EXPECT_EQ(format_utc(utc_time{-1ms}), "1969-12-31T23:59:59.999Z");
}

TEST(Time, ReadsTheThreeFormsOfAnHttpDate) {
    for (const std::string_view each :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994", " Sun, 06 Nov 1994 08:49:37 GMT\t"}) {
        const auto time = parse_http_date(each);
        ASSERT_TRUE(time) << each;
        EXPECT_EQ(format_utc(*time), "1994-11-06T08:49:37.000Z") << each;
    }
    const auto later = parse_http_date("Friday, 20-Nov-26 10:00:00 GMT");
    ASSERT_TRUE(later);
    EXPECT_EQ(format_day(*later), "2026-11-20");
    EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994"), parse_time("1994-11-16T08:49:37Z"));
}

TEST(Time, RefusesWhatIsNoHttpDate) {
    for (const std::string_view each :
         {"", "Sun", "Sun, ", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37",
          "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37 GMT+1",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
          "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "120", "2026-11-20"}) {
        EXPECT_FALSE(parse_http_date(each)) << each;
    }
}

TEST(Time, FloorsToMidnightBeforeAndAfter1970) {
    EXPECT_EQ(format_utc(floor_day(*parse_time("2026-11-20T23:59:59.999Z"))),
              "2026-11-20T00:00:00.000Z");
    EXPECT_EQ(format_utc(floor_day(*parse_time("1969-06-01T00:00:00.001Z"))),
              "1969-06-01T00:00:00.000Z");
    EXPECT_EQ(floor_day(*parse_time("2026-11-20")), *parse_time("2026-11-20"));
    EXPECT_EQ(floor_day(end_of_time), end_of_time);
    EXPECT_EQ(floor_day(start_of_time), start_of_time);
    EXPECT_EQ(floor_day(start_of_time + 1ms), start_of_time);
    EXPECT_LT(floor_day(end_of_time - 1ms), end_of_time);
}

TEST(Time, WritesDurationsForPeople) {
    struct {
        milliseconds from;
        std::string_view to;
    } const cases[] = {
        {0ms, "0 ms"},
        {850ms, "850 ms"},
        {1000ms, "1 s"},
        {4250ms, "4.2 s"},
        {42'999ms, "42 s"},
        {60s, "1 m"},
        {90s, "1 m 30 s"},
        {12min, "12 m"},
        {3h + 20min + 59s, "3 h 20 m"},
        {24h, "1 d"},
        {17 * 24h + 59min, "17 d"},
        {17 * 24h + 5h, "17 d 5 h"},
        {-90s, "-1 m 30 s"},
        {milliseconds::max(), "106751991167 d 7 h"},
        {milliseconds::min(), "-106751991167 d 7 h"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(format_duration(each.from), each.to);
    }
}

TEST(Text, EscapesWhatCouldForgeALogLine) {
    using namespace std::string_view_literals;
    const text_case cases[] = {
        {"plain text, 1 < 2", "plain text, 1 < 2"},
        {"", ""},
        {"na\xC3\xAFve \xF0\x9F\x93\x9E", "na\xC3\xAFve \xF0\x9F\x93\x9E"},
        {"a\nb\r\tc", R"(a\x0ab\x0d\x09c)"},
        {"\0\x1B[31m\x7F"sv, R"(\x00\x1b[31m\x7f)"},
        {"say \"hi\" \\o/", R"(say \"hi\" \\o/)"},
        {"it's", "it's"},
        {"\xC2\x9B", R"(\xc2\x9b)"},
        {"\xE2\x80\xA8", R"(\xe2\x80\xa8)"},
        {"\xE2\x80\xAE", R"(\xe2\x80\xae)"},
        {"\xFF\xC3", R"(\xff\xc3)"},
        {"\xC0\xAF", R"(\xc0\xaf)"},
        {"\xE0\x80\x80", R"(\xe0\x80\x80)"},
        {"\xED\xA0\x80", R"(\xed\xa0\x80)"},
        {"\xF4\x90\x80\x80", R"(\xf4\x90\x80\x80)"},
        {"\x80", R"(\x80)"},
        {"\xE2\x82x", R"(\xe2\x82x)"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(printable(each.from), each.to);
    }
}

TEST(Text, CutsLongTextAtACharactersEnd) {
    EXPECT_EQ(printable("abcdef", 6), "abcdef");
    EXPECT_EQ(printable("abcdef", 5), "abcde...");
    EXPECT_EQ(printable("abc\xC3\xA9", 4), "abc...");
    EXPECT_EQ(printable("ab\xF0\x9F\x93\x9E", 5), "ab...");
    EXPECT_EQ(printable("ab\xF0\x9F\x93\x9E!", 6), "ab\xF0\x9F\x93\x9E...");
    EXPECT_EQ(printable("abc", 0), "...");
    EXPECT_EQ(printable("\x80\x80\x80\x80\x80\x80", 4), R"(\x80\x80\x80\x80...)");
    EXPECT_EQ(printable(std::string(1'000, 'x')).size(), 203U);
}

TEST(Text, CountsEditsWithASwapAsOne) {
    struct {
        std::string_view a;
        std::string_view b;
        std::size_t distance;
    } const cases[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"calls", "calls", 0},
        {"cals", "calls", 1},
        {"clals", "calls", 1},
        {"calla", "calls", 1},
        {"kitten", "sitting", 3},
        {"abcd", "dcba", 3},
        {"ca", "abc", 3},
        {"page_size", "pagesize", 1},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(edit_distance(each.a, each.b), each.distance) << each.a << ' ' << each.b;
        EXPECT_EQ(edit_distance(each.b, each.a), each.distance) << each.b << ' ' << each.a;
    }
}

TEST(Text, ComparesAndTrimsAsciiOnly) {
    EXPECT_TRUE(equals_ignoring_case("Retry-After", "retry-AFTER"));
    EXPECT_FALSE(equals_ignoring_case("a", "ab"));
    EXPECT_FALSE(equals_ignoring_case("@", "`"));
    EXPECT_FALSE(equals_ignoring_case("\xC3\x89", "\xC3\xA9"));
    EXPECT_EQ(trim(" \t\r\n\v\fa b \n"), "a b");
    EXPECT_EQ(trim(" \n "), "");
    EXPECT_EQ(trim("\xC2\xA0x"), "\xC2\xA0x");
}

} // namespace
} // namespace callmirror

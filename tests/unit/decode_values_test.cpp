#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::decode {
namespace {

struct value_case {
    std::string json;
    std::string field; // "<null>": a misfit
};

void expect_fields(const std::string& column, const std::vector<value_case>& cases) {
    for (const value_case& one : cases) {
        const std::string members = std::string{"\""} + column + "\":" + one.json;
        EXPECT_EQ(column_of(column, members), one.field) << members;
        EXPECT_EQ(misfits_of(members), one.field == "<null>" ? 1U : 0U) << members;
    }
}

TEST(Values, TextTakesScalarsAsTheyAreWritten) {
    expect_fields("t", {{R"("")", ""},
                        {R"("abc")", "abc"},
                        {R"("\\N")", "\\N"},
                        {R"("a\tb\nc\rd\\e\/f\"g\bh\f")", "a\tb\nc\rd\\e/f\"g\bh\f"},
                        {R"("\u00e9\u20AC\ud83d\ude00")", "\u00e9\u20ac\U0001F600"},
                        {"\"\u00e9\U0001F600\"", "\u00e9\U0001F600"},
                        {R"("a\u0000b")", "a\uFFFDb"},
                        {R"("\ud800x\udc00\ud800\ud800\udc00")", "\uFFFDx\uFFFD\uFFFD\U00010000"},
                        {R"("\ud800\n")", "\uFFFD\n"},
                        {R"("\\u0000")", "\\u0000"},
                        {"12", "12"},
                        {"-1.50e3", "-1.50e3"},
                        {"123456789012345678901234567890", "123456789012345678901234567890"},
                        {"true", "true"},
                        {R"({"a":1})", "<null>"},
                        {"[]", "<null>"}});
}

TEST(Values, BigintTakesWholeNumbersInAnyDress) {
    expect_fields("n", {{"0", "0"},
                        {"-0", "0"},
                        {"9007199254740993", "9007199254740993"},
                        {"9223372036854775807", "9223372036854775807"},
                        {"-9223372036854775808", "-9223372036854775808"},
                        {"9223372036854775808", "<null>"},
                        {R"("123")", "123"},
                        {R"("+123")", "123"},
                        {R"("007")", "7"},
                        {R"("\u0031")", "1"},
                        {"12.0", "12"},
                        {R"("12.000")", "12"},
                        {"12.5", "<null>"},
                        {R"("12.")", "<null>"},
                        {"1e3", "<null>"},
                        {R"("")", "<null>"},
                        {R"(" 1")", "<null>"},
                        {R"("+-1")", "<null>"},
                        {R"("0x10")", "<null>"},
                        {"true", "<null>"},
                        {"{}", "<null>"}});
}

TEST(Values, DoubleTakesWhatPostgresCanHold) {
    expect_fields("d", {{"1.5", "1.5"},
                        {"-0.0", "-0.0"},
                        {R"("1.5")", "1.5"},
                        {R"("+1.5")", "+1.5"},
                        {R"("007.5")", "007.5"},
                        {"1E10", "1E10"},
                        {"1e308", "1e308"},
                        {"1e309", "<null>"},
                        {"-1e400", "<null>"},
                        {"1e-400", "<null>"},
                        {"0e-400", "0e-400"},
                        {"4.9e-324", "4.9e-324"},
                        {"0.1000000000000000000000000000000000000000000000001", "0.1"},
                        {R"("NaN")", "<null>"},
                        {R"("Infinity")", "<null>"},
                        {R"("-inf")", "<null>"},
                        {R"("0x1p3")", "<null>"},
                        {R"("1.5 ")", "<null>"},
                        {R"("1,5")", "<null>"},
                        {R"(".5")", "<null>"},
                        {R"("")", "<null>"},
                        {"false", "<null>"}});
}

TEST(Values, BooleanTakesItsFourSpellings) {
    expect_fields("b", {{"true", "t"},
                        {"false", "f"},
                        {R"("true")", "t"},
                        {R"("False")", "f"},
                        {"1", "t"},
                        {"0", "f"},
                        {R"("1")", "t"},
                        {R"("0")", "f"},
                        {"2", "<null>"},
                        {"1.0", "<null>"},
                        {R"("yes")", "<null>"},
                        {R"("")", "<null>"},
                        {"[]", "<null>"}});
}

TEST(Values, TimestampTakesIsoSqlAndEpoch) {
    expect_fields("w", {{R"("2026-11-20T10:00:00.123Z")", "2026-11-20T10:00:00.123Z"},
                        {R"("2026-11-20T10:00:00Z")", "2026-11-20T10:00:00Z"},
                        {R"("2026-11-20T10:00:00.123456Z")", "2026-11-20T10:00:00.123456Z"},
                        {R"("2026-11-20T10:00:00.1234567Z")", "2026-11-20T10:00:00.123456Z"},
                        {R"("2026-11-20T10:00:00.5Z")", "2026-11-20T10:00:00.5Z"},
                        {R"("2026-11-20T12:00:00.123456+02:00")", "2026-11-20T10:00:00.123456Z"},
                        {R"("2026-11-20T12:00:00.1+0200")", "2026-11-20T10:00:00.100Z"},
                        {R"("2026-11-20 10:00:00")", "2026-11-20T10:00:00.000Z"},
                        {R"("2026-11-20 10:00:00.25+00")", "2026-11-20T10:00:00.250Z"},
                        {R"("2026-11-20T10:00:00")", "2026-11-20T10:00:00.000Z"},
                        {R"("2026-11-20")", "2026-11-20T00:00:00.000Z"},
                        {R"("2026\u002d11-20")", "2026-11-20T00:00:00.000Z"},
                        {R"("2024-02-29T00:00:00Z")", "2024-02-29T00:00:00Z"},
                        {R"("2016-12-31T23:59:60Z")", "2016-12-31T23:59:59.999Z"},
                        {"1763632800", "2025-11-20T10:00:00.000Z"},
                        {R"("1763632800")", "2025-11-20T10:00:00.000Z"},
                        {"1763632800.25", "2025-11-20T10:00:00.250Z"},
                        {"1763632800123", "2025-11-20T10:00:00.123Z"},
                        {"1763632800123.9", "2025-11-20T10:00:00.123Z"},
                        {"100000000", "1973-03-03T09:46:40.000Z"},
                        {"99999999999", "5138-11-16T09:46:39.000Z"},
                        {"100000000000", "1973-03-03T09:46:40.000Z"},
                        {"253402300799999", "9999-12-31T23:59:59.999Z"},
                        {"253402300800000", "<null>"},
                        {"99999999", "<null>"},
                        {"0", "<null>"},
                        {"-1763632800", "<null>"},
                        {"1.7e9", "<null>"},
                        {R"("2026")", "<null>"},
                        {R"("20261120")", "<null>"},
                        {R"("yesterday")", "<null>"},
                        {R"("2025-02-29T00:00:00Z")", "<null>"},
                        {R"("2026-04-31T00:00:00Z")", "<null>"},
                        {R"("2026-13-01T00:00:00Z")", "<null>"},
                        {R"("2026-00-10T00:00:00Z")", "<null>"},
                        {R"("2026-11-20T24:00:00Z")", "<null>"},
                        {R"("2026-11-20T10:60:00Z")", "<null>"},
                        {R"("2026-11-20T10:00:00.Z")", "<null>"},
                        {R"("0000-01-01T00:00:00Z")", "<null>"},
                        {R"("10000-01-01T00:00:00Z")", "<null>"},
                        {R"("9999-12-31T23:59:59-01:00")", "<null>"},
                        {R"("infinity")", "<null>"},
                        {R"("now")", "<null>"},
                        {R"("")", "<null>"},
                        {"true", "<null>"},
                        {"{}", "<null>"}});
}

TEST(Values, JsonbTakesAnything) {
    expect_fields("j", {{R"({ "a" : [ 1 , "x y" ] })", R"({"a":[1,"x y"]})"},
                        {R"("text \" \u0000 \\u0000")", R"("text \" \ufffd \\u0000")"},
                        {"12", "12"},
                        {"false", "false"},
                        {"[]", "[]"}});
}

TEST(Values, TheFirstPointerThatIsThereAndNotNullFillsAColumn) {
    EXPECT_EQ(column_of("t", R"("t":"a","alt":{"t":"b"})"), "a");
    EXPECT_EQ(column_of("t", R"("alt":{"t":"b"},"t":"a")"), "a");
    EXPECT_EQ(column_of("t", R"("t":null,"alt":{"t":"b"})"), "b");
    EXPECT_EQ(column_of("t", R"("alt":{"t":null})"), "<null>");
    EXPECT_EQ(column_of("t", R"("alt":"t")"), "<null>");
    EXPECT_EQ(column_of("t", R"("deep":{"t":"x","alt":{"t":"y"}})"), "<null>");
    EXPECT_EQ(column_of("t", R"("\u0074":"a")"), "a");
    EXPECT_EQ(column_of("list", R"("list":[{"x":"a"},{"x":"b"},{"x":"c"}])"), "b");
    EXPECT_EQ(column_of("list", R"("list":{"1":{"x":"m"}})"), "m");
    EXPECT_EQ(misfits_of(R"("t":null,"n":null,"alt":null,"j":null)"), 0U);
    // A value that does not fit is not made up for by a later pointer: it is what the API says.
    EXPECT_EQ(column_of("n", R"("n":"x","alt":{"n":1})"), "<null>");
}

TEST(Values, OfMembersWithOneNameTheLastCountsAsInJsonb) {
    EXPECT_EQ(column_of("n", R"("n":1,"n":2)"), "2");
    EXPECT_EQ(column_of("n", R"("n":1,"\u006e":2)"), "2");
    EXPECT_EQ(column_of("n", R"("n":1,"n":null)"), "<null>");
    EXPECT_EQ(column_of("n", R"("alt":{"n":5},"n":1,"n":null)"), "5");
    EXPECT_EQ(column_of("n", R"("alt":{"n":5},"alt":{"t":"x"})"), "<null>");
    EXPECT_EQ(column_of("n", R"("alt":{"n":5},"alt":7)"), "<null>");
    EXPECT_EQ(column_of("list", R"("list":[0,{"x":1}],"list":[])"), "<null>");
    EXPECT_EQ(page_of(R"([{"id":1,"id":2}])").records.at(0).key, "2");
}

TEST(Values, MisfitsAreCountedAndTheFirstIsDescribed) {
    const decoded_page page = page_of(
        R"([{"id":1},{"id":2,"w":"yesterday","n":"x\ny"},{"id":3,"d":{"a":1}},{"x":1,"n":"z"}])");
    EXPECT_EQ(page.misfits, 3U);
    EXPECT_EQ(page.first_misfit, R"(row 2: "n" is "x\x0ay", want a whole number)");
    EXPECT_EQ(page_of(R"([{"id":1,"t":[1]}])").first_misfit, R"(row 1: "t" is a list, want text)");
    EXPECT_EQ(page_of(R"([{"id":1,"b":2}])").first_misfit,
              R"(row 1: "b" is 2, want true or false)");
    EXPECT_EQ(page_of(R"([{"id":1,"w":"yesterday"}])").first_misfit,
              R"(row 1: "w" is "yesterday", want a time)");
    EXPECT_LT(page_of("[{\"id\":1,\"n\":\"" + std::string(5000, 'x') + "\"}]").first_misfit.size(),
              120U);
    EXPECT_EQ(page_of(R"([{"id":1}])").first_misfit, "");
}

} // namespace
} // namespace callmirror::decode

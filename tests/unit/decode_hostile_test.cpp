#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::decode {
namespace {

using testing::HasSubstr;

// "1,3|reason": the keys, then the reasons.
std::string summary(std::string_view body) {
    const decoded_page page = page_of(body);
    std::string text;
    for (const decoded_record& record : page.records) {
        text += text.empty() ? "" : ",";
        text += record.key;
    }
    for (const rejected_record& record : page.rejected) {
        text += "|";
        text += record.reason;
    }
    EXPECT_EQ(page.served, page.records.size() + page.rejected.size());
    return text;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Hostile, RecordsThatAreNoObjectsAreRejectedByTheirKind) {
    EXPECT_EQ(summary(R"([{"id":1},7,"x",null,[{"id":9}],true,{"id":2}])"),
              "1,2|a number, want an object|a string, want an object"
              "|null, want an object|a list, want an object"
              "|a boolean, want an object");
}

TEST(Hostile, ARecordThatIsNoJsonInsideDoesNotLoseTheOthers) {
    for (const std::string bad :
         {R"({"id":2,"x":tru})",  R"({"id":2 "x":1})",        R"({"id":2,})",
          R"({"id":01})",         R"({"id":2,"x":[1,]})",     R"({id:2})",
          R"({"id":2,"x":[,]})",  R"({"id":2,"x":-})",        R"({"id":2,"x":1.})",
          R"({"id":2,"x":1e})",   R"({"id":2,"x":.5})",       R"({"id":2,"x":NaN})",
          R"({"id":2,"x":"a"b})", R"({"id":2,"x":1"a"})",     R"({"id":2,:1})",
          R"({"id":2,"x"})",      R"({"id":2,"x":nulls})",    "{\"id\":2,\"x\":\x01}",
          R"({"id":2,"x"::1})",   R"({"id":2,"x":{"y" "z"}})"}) {
        EXPECT_EQ(summary("[{\"id\":1}," + bad + ",{\"id\":3}]"), "1,3|not JSON") << bad;
    }
    for (const std::string bad :
         {R"({"id":2,"x":"\q"})", R"({"id":2,"x":"\u12g4"})", R"({"id":2,"\x":1})",
          R"({"id":2,"x":"\u123"})", R"({"id":2,"t":"\q"})", R"({"id":2,"x":"\ud800\u12"})"}) {
        EXPECT_EQ(summary("[{\"id\":1}," + bad + ",{\"id\":3}]"),
                  "1,3|not JSON: a bad escape in a string")
            << bad;
    }
}

TEST(Hostile, BracketsThatDoNotMatchMakeABadBody) {
    for (const std::string bad :
         {R"([{"id":1},{"id":[},{"id":3},{"b":]},{"id":4}])", R"([{"id":1,"x":[1,2},{"id":3}])",
          R"([{"id":1]])", R"([{"id":1}})", R"({"data":[{"id":1]]})"}) {
        EXPECT_NE(error_of(bad), "") << bad;
    }
}

TEST(Hostile, BadUtf8CostsOnlyItsOwnCharacters) {
    const auto raw = [](std::string_view bytes) {
        const decoded_page page =
            page_of("[{\"id\":1,\"t\":\"" + std::string{bytes} + "\"},{\"id\":2}]");
        EXPECT_EQ(page.records.size(), 2U);
        return fields_of(page.records.at(0).line).at(3).value_or("<null>");
    };
    const std::string mark = "\uFFFD";
    EXPECT_EQ(raw("a\xFFz"), "a" + mark + "z");
    EXPECT_EQ(raw("a\xC3"), "a" + mark);                // ends at the quote
    EXPECT_EQ(raw("\xC0\x80"), mark + mark);            // overlong
    EXPECT_EQ(raw("\xED\xA0\x80"), mark + mark + mark); // a surrogate
    EXPECT_EQ(raw("\xF0\x9F\x98"), mark);               // one character cut short
    EXPECT_EQ(raw("\xF4\x90\x80\x80"), mark + mark + mark + mark);
    EXPECT_EQ(raw("\xE2\x82\xAC\xFE\u00e9"), "\u20ac" + mark + "\u00e9");
}

TEST(Hostile, NestingHasItsLimit) {
    EXPECT_EQ(summary("[{\"id\":1,\"x\":" + nested(500) + "}]"), "1");
    EXPECT_EQ(summary("[{\"id\":1},{\"id\":2,\"x\":" + nested(100'000) + "},{\"id\":3}]"),
              "1,3|nested deeper than 512");
    EXPECT_EQ(summary("[{\"id\":1}," + nested(1000) + "]"), "1|nested deeper than 512");
    EXPECT_THAT(error_of("{\"data\":[],\"x\":" + nested(1000) + "}"),
                HasSubstr("nested deeper than 512"));
    EXPECT_NE(error_of(std::string(1'000'000, '[')), "");
    EXPECT_NE(error_of("[" + std::string(1'000'000, '{')), "");
}

TEST(Hostile, WidthAndSizeOnlyCostTheirSize) {
    std::string wide = "[{\"id\":1";
    for (int at = 0; at < 100'000; ++at) {
        wide += ",\"k" + std::to_string(at) + "\":" + std::to_string(at);
    }
    EXPECT_EQ(summary(wide + "}]"), "1");
    EXPECT_EQ(summary("[{\"" + std::string(2'000'000, 'k') + "\":1,\"id\":1}]"), "1");
    EXPECT_EQ(summary("[{\"id\":1,\"t\":\"" + std::string(5'000'000, '?') + "\"}]"), "1");
    EXPECT_EQ(summary("[{\"id\":1,\"n\":" + std::string(1'000'000, '9') + "}]"), "1");
    std::string urls = "[{\"id\":1,\"u\":\"https://m/?";
    for (int at = 0; at < 300'000; ++at) {
        urls += "&p=?";
    }
    EXPECT_EQ(summary(urls + "\"}]"), "1");
    std::string lists = "{";
    for (int at = 0; at < 100'000; ++at) {
        lists += "\"data\":[{\"id\":2}],";
    }
    EXPECT_EQ(summary(lists + "\"data\":[{\"id\":1}]}"), "1");
}

TEST(Hostile, APageOfRubbishIsABadBodyRatherThanAThousandfoldOfItsSize) {
    std::string numbers = "[0";
    for (int at = 0; at < 20'000; ++at) {
        numbers += ",1";
    }
    EXPECT_EQ(error_of(numbers + "]"), "over 10000 records that can't be mirrored");
}

TEST(Hostile, RejectedTextIsKeptSafeAndShort) {
    const std::string euros = [] {
        std::string text;
        for (int at = 0; at < 700'000; ++at) {
            text += "\u20ac";
        }
        return text;
    }();
    std::string body = "[{\"x\":\"" + euros + "\"},{\"z\":#}]";
    body.at(body.size() - 3) = '\0';
    const decoded_page page = page_of(body);
    ASSERT_EQ(page.rejected.size(), 2U);
    EXPECT_LE(page.rejected[0].raw.size(), std::size_t{1} << 20U);
    EXPECT_GT(page.rejected[0].raw.size(), (std::size_t{1} << 20U) - 3);
    EXPECT_TRUE(page.rejected[0].raw.ends_with("\u20ac")); // whole characters only
    EXPECT_EQ(page.rejected[1].raw, "{\"z\":\uFFFD}");
}

TEST(Hostile, ReasonsArePrintable) {
    const decoded_page page = page_of("[{\"id\":\"\\u001b[31m\\n\"}]");
    EXPECT_EQ(page.rejected.at(0).reason, R"("id" is "\x1b[31m\x0a", want a whole number)");
    EXPECT_THAT(error_of("{\"\\u001b[2J\":1}"), HasSubstr(R"("\x1b[2J")"));
    EXPECT_THAT(error_of("\x1b[2Jhello"), HasSubstr(R"("\x1b[2Jhello")"));
    EXPECT_EQ(page_of("{\"\\u001b\":[]}").hints.records_at, R"(/\x1b)");
}

} // namespace
} // namespace callmirror::decode

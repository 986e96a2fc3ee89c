#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::decode {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct shape {
    std::string body;
    std::string records_at;
    std::string keys; // "1,2"
    bool unusual = false;
};

std::string keys_of(const decoded_page& page) {
    std::string keys;
    for (const decoded_record& record : page.records) {
        keys += keys.empty() ? "" : ",";
        keys += record.key;
    }
    return keys;
}

TEST(Envelope, RecordsAreFoundInEachKnownShape) {
    const std::vector<shape> shapes{
        {R"([{"id":1},{"id":2}])", "", "1,2"},
        {R"([])", "", ""},
        {" \r\n\t[ ] \n", "", ""},
        {R"({"odd_things":[{"id":1}]})", "/odd_things", "1"},
        {R"({"oddThings":[{"id":1}]})", "/oddThings", "1"},
        {R"({"odd-things":[{"id":1}]})", "/odd-things", "1"},
        {R"({"OddThings":[{"id":1}]})", "/OddThings", "1"},
        {R"({"things":[{"id":1}]})", "/things", "1"},
        {R"({"data":[{"id":1}]})", "/data", "1"},
        {R"({"data":[]})", "/data", ""},
        {R"({"items":[{"id":1}]})", "/items", "1"},
        {R"({"results":[{"id":1}]})", "/results", "1"},
        {R"({"rows":[{"id":1}]})", "/rows", "1"},
        {R"({"records":[{"id":1}]})", "/records", "1"},
        {R"({"docs":[{"id":1}]})", "/docs", "1"},
        {R"({"list":[{"id":1}]})", "/list", "1"},
        {R"({"data":{"items":[{"id":1}]}})", "/data/items", "1"},
        {R"({"result":{"odd_things":[{"id":1}]}})", "/result/odd_things", "1"},
        {R"({"response":{"data":[{"id":1}]}})", "/response/data", "1"},
        {R"({"payload":{"list":[{"id":1}]}})", "/payload/list", "1"},
        {R"({"widgets":[{"id":1}],"n":3})", "/widgets", "1", true},
        {R"({"data":{"widgets":[{"id":1}]}})", "/data/widgets", "1", true},
        {R"({"d\u0061ta":[{"id":1}]})", "/data", "1"},
        // Lists that are never the records don't make the others ambiguous.
        {R"({"warnings":[],"widgets":[{"id":1}],"links":[]})", "/widgets", "1", true},
    };
    for (const shape& one : shapes) {
        const decoded_page page = page_of(one.body);
        EXPECT_EQ(keys_of(page), one.keys) << one.body;
        EXPECT_EQ(page.hints.records_at, one.records_at) << one.body;
        EXPECT_EQ(page.hints.unusual_name, one.unusual) << one.body;
        EXPECT_EQ(page.served, page.records.size()) << one.body;
    }
}

TEST(Envelope, TheBetterNameWinsWhateverTheOrderOfMembers) {
    const std::vector<std::string> bodies{
        R"({"odd_things":[{"id":1}],"data":[{"id":2}],"tags":[{"id":3}]})",
        R"({"tags":[{"id":3}],"data":[{"id":2}],"odd_things":[{"id":1}]})",
        R"({"data":{"odd_things":[{"id":2}]},"odd_things":[{"id":1}]})",
        R"({"x":[5],"y":["a"],"list":[{"x":1}],"things":[7],"odd_things":[{"id":1}]})",
        R"({"payload":{"data":[{"id":2}]},"response":{"tags":[1]},"docs":[{"id":1}]})",
    };
    for (const std::string& body : bodies) {
        const decoded_page page = page_of(body);
        EXPECT_EQ(keys_of(page), "1") << body;
        EXPECT_EQ(page.served, 1U) << body;
        EXPECT_TRUE(page.rejected.empty()) << body;
        EXPECT_FALSE(page.hints.unusual_name) << body;
    }
}

TEST(Envelope, BodiesThatAreNoPageSayWhy) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "an empty body"},
        {" \r\n\t ", "an empty body"},
        {"\xEF\xBB\xBF", "an empty body"},
        {"<html><body>502</body></html>", R"(HTML or XML, not JSON: "<html>)"},
        {"\n  <!DOCTYPE html>", R"(HTML or XML, not JSON: "<!DOCTYPE)"},
        {"id,started_at\n1,2026-01-01\n", R"(not JSON: "id,started_at)"},
        {"id;\"a\nb\"\n", R"(not JSON: "id;)"},
        {"12", "a number, want a list"},
        {"\"text\"", "a string, want a list"},
        {"null", "null, want a list"},
        {"true", "a boolean, want a list"},
        {"{}", "no list in it: an empty object"},
        {R"({"data":null,"total":0})", R"(no list in it: its members are "data", "total")"},
        {R"({"data":{"1":{"id":1}}})", R"(no list in it: its members are "data")"},
        {R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1})", R"("e", "f", ...)"},
        {R"({"warnings":[]})", "no list in it"},
        {R"({"message":"no such page"})",
         R"(its members are "message", and "message" is "no such page")"},
        {R"({"x":[],"y":[]})", "several lists, none under a known name"},
        {R"({"statusCode":400,"error":"Bad Request","message":"no \"page\""})",
         R"(an error object: "statusCode" is 400, "error" is "Bad Request", "message" is "no)"},
        {R"({"error":"x","message":"y"})", R"(an error object: "error" is "x", "message" is "y")"},
        {R"({"success":false,"data":[{"id":1}]})", R"(an error object: "success" is false)"},
        {R"({"data":[],"error":{"code":7}})", R"(an error object: "error" is {)"},
        {R"({"data":[],"errors":[{"m":1}]})", "an error object"},
        {R"({"status":"error","data":[]})", R"("status" is "error")"},
        {R"({"status":"503","data":[]})", R"("status" is "503")"},
        {R"([{"id":1},{"id":2)", "cut short at byte 17"},
        {R"([{"id":1},{"id":2},)", "cut short at byte 19"},
        {R"({"data":[{"id":1}])", "cut short at byte 18"},
        {R"([{"id":1},{"id":"a)", "cut short in a string"},
        {R"([{"id":1}] x)", "not JSON: more text after its end, at byte 11"},
        {R"([{"id":1}][])", "not JSON: more text after its end, at byte 10"},
        {R"({"data":[]}})", "not JSON: more text after its end, at byte 11"},
        {R"([{"id":1}{"id":2}])", "not JSON at byte 9"},
        {R"([{"id":1},,{"id":2}])", "not JSON at byte 10"},
        {R"([object Object])", "not JSON at byte 1"},
        {R"({"data":[{"id":1}],"total":tru})", "not JSON at byte 27"},
        {R"({"data":[{"id":1}],total:1})", "not JSON at byte 19"},
        {R"({"meta":{"a" 1},"data":[]})", "not JSON at byte 13"},
        {"[{\"id\":1,\"t\":\"a\nb\"}]", "not JSON: a control character in a string"},
    };
    for (const auto& [body, reason] : cases) {
        EXPECT_THAT(error_of(body), HasSubstr(reason)) << body;
    }
}

TEST(Envelope, WhatOnlyLooksLikeAnErrorIsNone) {
    for (const std::string body :
         {R"({"data":[],"error":null})", R"({"data":[],"error":"","errors":[],"ok":true})",
          R"({"data":[],"success":true,"message":"fine"})", R"({"data":[],"statusCode":200})",
          R"({"data":[],"status":"ok","code":0,"error":false})", R"({"data":[],"errors":{ }})",
          R"([{"id":1,"error":"x","success":false}])"}) {
        EXPECT_EQ(error_of(body), "") << body;
    }
}

TEST(Envelope, HintsAreReadFromAllTheirPlaces) {
    const auto hints = [](std::string_view members) {
        return page_of("{\"data\":[]," + std::string{members} + "}").hints;
    };
    for (const std::string_view members :
         {R"("total":250)", R"("total":"250")", R"("totalCount":250)", R"("total_count":250)",
          R"("count":250)", R"("pagination":{"page":1,"total":250})",
          R"("meta":{"totalItems":250})", R"("count":100,"total":250)",
          R"("total":250,"count":100)", R"("total":250.0)",
          R"("page_info":{"total_records":"250"})"}) {
        EXPECT_EQ(hints(members).total, 250U) << members;
    }
    for (const std::string_view members :
         {R"("total":-1)", R"("total":"many")", R"("total":1.5)", R"("total":null)", R"("x":1)",
          R"("total":[1])", R"("total":1e3)", R"("other":{"total":3})"}) {
        EXPECT_FALSE(hints(members).total) << members;
    }
    EXPECT_EQ(hints(R"("pages":3)").total_pages, 3U);
    EXPECT_EQ(hints(R"("meta":{"totalPages":"3"})").total_pages, 3U);
    EXPECT_EQ(page_of(R"({"data":{"items":[],"total":9,"meta":{"pages":2}}})").hints.total, 9U);
    EXPECT_EQ(page_of(R"({"data":{"items":[],"total":9,"meta":{"pages":2}}})").hints.total_pages,
              2U);
}

TEST(Envelope, OnlyAnExplicitWordSaysThatThereIsNoMore) {
    const auto more = [](std::string_view members) {
        return page_of("{\"data\":[]" + std::string{members} + "}").hints.more;
    };
    for (const std::string_view no :
         {R"(,"has_more":false)", R"(,"hasMore":"false")", R"(,"hasNextPage":0)", R"(,"next":null)",
          R"(,"links":{"next":null})", R"(,"pagination":{"next_page":null,"hasNext":false})"}) {
        EXPECT_EQ(more(no), false) << no;
    }
    for (const std::string_view yes :
         {R"(,"has_more":true)", R"(,"next":"/v2/calls?page=2")", R"(,"nextPage":2)",
          R"(,"has_more":false,"next":"/x")", R"(,"next":"/x","has_more":false)",
          R"(,"_links":{"next":{"href":"/x"}})"}) {
        EXPECT_EQ(more(yes), true) << yes;
    }
    for (const std::string_view silent :
         {"", R"(,"nextCursor":null)", R"(,"next":"")", R"(,"has_more":null)", R"(,"total":0)"}) {
        EXPECT_EQ(more(silent), std::nullopt) << silent;
    }
}

TEST(Envelope, AByteOrderMarkIsSkipped) {
    EXPECT_EQ(keys_of(page_of("\xEF\xBB\xBF[{\"id\":1}]")), "1");
}

} // namespace
} // namespace callmirror::decode

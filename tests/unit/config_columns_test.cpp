#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace callmirror::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A file with `columns` from line 6.
load_result load_with(const std::string& columns) {
    return parse("[database]\nurl = \"postgresql:///reporting\"\n[[accounts]]\nname = \"acme\"\n"
                 "api_key_file = \"acme.key\"\n" +
                     columns,
                 "callmirror.toml");
}

// What is told of them; "" where nothing is wrong.
std::string told(const std::string& columns) {
    const auto result = load_with(columns);
    const auto* const bad = std::get_if<mistakes>(&result);
    return bad == nullptr ? "" : bad->to_text();
}

std::string column(const std::string& resource, const std::string& name, const std::string& pointer,
                   const std::string& type) {
    return "[[columns]]\nresource = \"" + resource + "\"\nname = \"" + name +
           "\"\npointer = " + pointer + "\ntype = \"" + type + "\"\n";
}

TEST(OwnColumns, AreReadInTheFilesOrder) {
    const auto result =
        load_with(column("calls", "language", R"(["/language", "/context/a~1b"])", "text") +
                  column("streams", "language", R"("/context/lang")", "double precision"));
    ASSERT_TRUE(std::holds_alternative<settings>(result)) << std::get<mistakes>(result).to_text();
    const auto& columns = std::get<settings>(result).columns;
    ASSERT_EQ(columns.size(), 2U);
    EXPECT_EQ(columns[0].what.resource, "calls");
    EXPECT_EQ(columns[0].what.name, "language");
    EXPECT_EQ(columns[0].what.type, providers::column_type::text);
    EXPECT_THAT(columns[0].what.pointers, ElementsAre("/language", "/context/a~1b"));
    EXPECT_EQ(columns[0].line, 6);
    EXPECT_EQ(columns[1].what.type, providers::column_type::double_precision);
    EXPECT_THAT(columns[1].what.pointers, ElementsAre("/context/lang"));
}

TEST(OwnColumns, AreTheSameWhereverTheyStand) {
    const auto text = column("calls", "language", R"("/language")", "text");
    EXPECT_EQ(std::get<settings>(load_with(text)), std::get<settings>(load_with("\n\n" + text)));
    EXPECT_NE(std::get<settings>(load_with(text)),
              std::get<settings>(load_with(column("calls", "language", R"("/lang")", "text"))));
}

TEST(OwnColumns, TakeNoNameThatTheTableHas) {
    for (const char* name : {"status", "raw", "id", "content_hash", "deleted_at"}) {
        EXPECT_THAT(told(column("calls", name, R"("/x")", "text")),
                    HasSubstr("callmirror.toml:8: columns[0].name is \"" + std::string(name) +
                              "\", want a name that snapcall.calls does not have yet\n  hint: a "
                              "prefix of your own, such as x_" +
                              name));
    }
    EXPECT_THAT(told(column("calls", "xmin", R"("/x")", "text")), HasSubstr("want another name"));
    EXPECT_EQ(told(column("roles", "rating", R"("/x")", "text")), "");
}

TEST(OwnColumns, HaveANameOnceForAResource) {
    const auto one = column("calls", "language", R"("/language")", "text");
    EXPECT_THAT(
        told(one + one),
        HasSubstr("callmirror.toml:13: columns[1].name is \"language\", as is columns[0]'s, "
                  "want each name once for a resource"));
    EXPECT_EQ(told(one + column("streams", "language", R"("/language")", "text")), "");
    EXPECT_EQ(told(one + column("calls", "x_tagging", R"("/tags")", "jsonb") +
                   column("calls", "x_rating", R"("/rate")", "bigint")),
              "");
}

TEST(OwnColumns, HaveNamesThatNeedNoQuotes) {
    for (const char* name : {"", "1st", "Language", "my lang", "a-b", "x\\\"; drop table x"}) {
        EXPECT_THAT(told(column("calls", name, R"("/x")", "text")),
                    HasSubstr("want 1 to 63 of a-z 0-9 _, no digit first"))
            << name;
    }
    EXPECT_THAT(told(column("calls", std::string(64, 'a'), R"("/x")", "text")),
                HasSubstr("want 1 to 63"));
    EXPECT_EQ(told(column("calls", std::string(63, 'a'), R"("/x")", "text")), "");
}

TEST(OwnColumns, HavePointersOfRfc6901) {
    for (const char* pointer :
         {R"("")", R"("language")", R"("/a~")", R"("/a~2")", "7", "[7]", R"("/a\u0007")"}) {
        EXPECT_THAT(told(column("calls", "language", pointer, "text")),
                    HasSubstr("want a JSON pointer such as \"/context/lang\""))
            << pointer;
    }
    EXPECT_THAT(told(column("calls", "language", "[]", "text")), HasSubstr("want 1 to 8"));
    EXPECT_THAT(told(column("calls", "language", R"(["/a", "/a"])", "text")),
                HasSubstr("want each pointer once"));
    EXPECT_EQ(told(column("calls", "language", R"(["/", "/a/0/b", "/a~0b~1c"])", "text")), "");
}

TEST(OwnColumns, HaveAKnownTypeAndResource) {
    EXPECT_THAT(told(column("calls", "language", R"("/x")", "varchar")),
                HasSubstr("callmirror.toml:10: columns[0].type is \"varchar\", want text, bigint, "
                          "double precision, boolean, timestamptz or jsonb"));
    EXPECT_THAT(told(column("call", "language", R"("/x")", "text")),
                HasSubstr("callmirror.toml:7: columns[0].resource is \"call\", want "));
}

TEST(OwnColumns, HaveAllFourKeysAndNoOther) {
    EXPECT_THAT(told("[[columns]]\n"),
                testing::AllOf(HasSubstr("columns[0] has no resource"), HasSubstr("has no name"),
                               HasSubstr("has no pointer"), HasSubstr("has no type")));
    EXPECT_THAT(told(column("calls", "language", R"("/x")", "text") + "pointers = []\n"),
                HasSubstr("columns[0].pointers is not known, the nearest key is pointer"));
    EXPECT_THAT(told("columns = 7\n"), HasSubstr("columns"));
}

} // namespace
} // namespace callmirror::config

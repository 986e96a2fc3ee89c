// Columns that are filled out of `raw` later have what the decoder would have put there at once.
#include "sync/decode/column_reader.hpp"
#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::decode {
namespace {

TEST(ColumnReader, GivesWhatTheDecoderGives) {
    column_reader reader(things());
    for (
        const char* record : {
            R"({"id":1,"t":"plain","n":12,"d":1.50,"b":true,"w":"2026-11-20T10:00:00+01:00","j":{"a":[1, 2]}})",
            R"({"id":1,"t":"tab\tquote\" back\\slash \u00e9 line\nend","n":"12.0","d":"-1e3","b":"0","w":1700000000,"j":"text"})",
            R"({"id":1,"t":7,"n":true,"d":"x","b":2,"w":"yesterday","j":null})",
            R"({"id":1,"alt":{"t":"second","n":3,"w":"2026-11-20"},"list":[{"x":1},{"x":"here"}]})",
            R"({"id":1,"t":null,"alt":{"t":"first is null"}})",
            R"({"id":1,"t":{"an":"object"},"j":[]})",
            R"({"id":1,"t":"\\N","j":"\\N"})",
            R"({"id":1})",
        }) {
        const auto page = page_of(std::string("[") + record + "]");
        ASSERT_EQ(page.records.size(), 1U) << record;
        const auto line = fields_of(page.records[0].line);
        const auto before = reader.misfits();
        const auto& values = reader.read(record);
        EXPECT_EQ(values, fields(line.begin() + 3, line.end() - 1)) << record;
        EXPECT_EQ(reader.misfits() - before, page.misfits) << record;
    }
}

TEST(ColumnReader, ReadsRawAsPostgresqlPrintsIt) {
    column_reader reader(things());
    const auto& values = reader.read(R"({"d": 1.5, "j": {"a": [1, 2]}, "t": "a\tb", "id": 1})");
    EXPECT_EQ(values[0], "a\tb");
    EXPECT_EQ(values[2], "1.5");
    EXPECT_EQ(values[5], R"({"a":[1,2]})");
}

// A hash that stands for a token in raw is not hashed again.
TEST(ColumnReader, TakesNothingOut) {
    static constexpr std::array<std::string_view, 1> hashed{"t"};
    auto resource = things();
    resource.secrets = {.removed = {}, .hashed = hashed};
    column_reader reader(resource);
    EXPECT_EQ(reader.read(R"({"id":1,"t":"0123456789abcdef"})")[0], "0123456789abcdef");
}

// The reports go by created_at: without it a call would be in none of them.
TEST(ColumnReader, DatesACallByItsStartWhereNothingElseIsServed) {
    column_reader reader(*providers::find_resource(*providers::find_platform("snapcall"), "calls"));
    const std::string start = R"("start":"2026-11-20T10:00:00Z")";
    EXPECT_EQ(reader.read(R"({"id":1,)" + start + "}")[0], "2026-11-20T10:00:00Z");
    EXPECT_EQ(reader.read(R"({"id":1,"date":"2026-11-19T10:00:00Z",)" + start + "}")[0],
              "2026-11-19T10:00:00Z");
}

} // namespace
} // namespace callmirror::decode

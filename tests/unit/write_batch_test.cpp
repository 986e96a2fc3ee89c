#include "sync/write/batch.hpp"
#include "sync/write/table_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::write {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

row_batch batch_of(const std::vector<std::string>& keys) {
    row_batch batch;
    for (const auto& key : keys) {
        const std::string line = key + "\t{}\n";
        batch.rows.push_back({key, 0, static_cast<std::uint32_t>(batch.lines.size()),
                              static_cast<std::uint32_t>(line.size())});
        batch.lines += line;
    }
    return batch;
}

TEST(OrderRows, SortsNumbersAsNumbersAndTextAsBytes) {
    const auto batch = batch_of({"10", "9", "-1", "100"});
    EXPECT_THAT(order_rows(batch, true).rows, ElementsAre(2, 1, 0, 3));
    EXPECT_THAT(order_rows(batch, false).rows, ElementsAre(2, 0, 3, 1));
}

TEST(OrderRows, KeepsTheLastOfRowsWithOneKey) {
    const auto batch = batch_of({"2", "1", "2", "1", "2"});
    EXPECT_THAT(order_rows(batch, true).rows, ElementsAre(3, 4));
    EXPECT_THAT(order_rows(batch, false).rows, ElementsAre(3, 4));
}

TEST(OrderRows, SetsAsideKeysThatAreNoNumbers) {
    const auto batch =
        batch_of({"1", "x", "", "9223372036854775807", "9223372036854775808", "1x", "-5"});
    const auto order = order_rows(batch, true);
    EXPECT_THAT(order.rows, ElementsAre(6, 0, 3));
    EXPECT_THAT(order.misfit, ElementsAre(1, 2, 4, 5));
    EXPECT_THAT(order_rows(batch, false).misfit, IsEmpty());
}

TEST(KeyArray, IsALiteral) {
    const auto batch = batch_of({"2", "1,5"});
    const std::vector<row_index> both{0, 1};
    EXPECT_EQ(key_array(batch, std::span(both).first(1), true), "{2}");
    EXPECT_EQ(key_array(batch, both, false), R"({"2","1,5"})");
    EXPECT_EQ(key_array(batch, {}, true), "{}");
}

TEST(LinePieces, GiveOutTheLinesInTheGivenOrder) {
    const auto batch = batch_of({"a", "b", "c"});
    const std::vector<row_index> rows{2, 0};
    const auto next = line_pieces(batch, rows);
    EXPECT_EQ(next(), "c\t{}\na\t{}\n");
    EXPECT_EQ(next(), "");
    EXPECT_EQ(next(), "");
}

TEST(LinePieces, AreBoundedInSize) {
    std::vector<std::string> keys(100, std::string(10'000, 'k'));
    const auto batch = batch_of(keys);
    std::vector<row_index> rows;
    for (row_index row = 0; row < keys.size(); ++row)
        rows.push_back(row);
    const auto next = line_pieces(batch, rows);
    std::string all;
    for (auto piece = next(); !piece.empty(); piece = next()) {
        EXPECT_LE(piece.size(), 200'000u);
        all += piece;
    }
    EXPECT_EQ(all, batch.lines);
}

TEST(RawOfLine, IsTheLastFieldAsItWas) {
    const std::string raw = "{\"s\":\"tab\t line\n return\r back\\slash \\\\N\"}";
    EXPECT_EQ(raw_of_line("acme\t1\t\\N\t" + escape_for_copy(raw) + "\n"), raw);
    EXPECT_EQ(raw_of_line("alone"), "alone");
    EXPECT_EQ(raw_of_line(""), "");
    EXPECT_EQ(raw_of_line("a\tb\\b\\f\\v\\q"), "b\b\f\vq");
}

TEST(TableSql, HasNoPlaceLeftToFill) {
    for (const auto& platform : providers::platforms())
        for (const auto& resource : platform.resources) {
            const auto sql = make_table_sql(platform.name, resource);
            for (const auto& text :
                 {sql.range_taken, sql.look_up, sql.copy_table, sql.make_stage, sql.copy_stage,
                  sql.merge_stage, sql.merge_some, sql.mark_deleted, sql.suspects_to_ask}) {
                EXPECT_THAT(text, Not(HasSubstr("{")));
                EXPECT_THAT(text, Not(HasSubstr("}")));
            }
            // What a distributed PostgreSQL needs: only excluded.* and parameters.
            EXPECT_THAT(sql.merge_stage, Not(HasSubstr("now()")));
        }
}

} // namespace
} // namespace callmirror::write

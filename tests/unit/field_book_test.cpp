#include "sync/decode/decoder.hpp"
#include "sync/engine/field_book.hpp"
#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr utc_time begin{std::chrono::milliseconds{1'700'000'000'000}};

// A book, and records that go through a decoder into it.
struct library {
    explicit library(const std::vector<write::field_row>& known = {})
        : book("odd_things", known) {}

    void see(const std::string& record, int times = 1) {
        const auto result = reader.page('[' + record + ']');
        for (int i = 0; i < times; ++i) {
            book.saw(result.page->records.at(0).shape);
        }
    }
    // "appeared /a text", of what is new.
    std::vector<std::string> take(utc_time now, bool in_any_case = false) {
        const auto page = book.take(now, in_any_case);
        for (const auto& row : page.rows) {
            rows[row.path + ' ' + row.type] = row;
        }
        written = page.rows.size();
        is_learning = page.is_learning;
        std::vector<std::string> told;
        for (const auto& each : page.news) {
            told.push_back(std::string(name_of(each.what)) + ' ' + each.path + ' ' + each.type);
        }
        return told;
    }

    field_book book;
    decode::decoder reader{"acme", decode::things(), &book.catalog()};
    std::map<std::string, write::field_row> rows; // as the database has them
    std::size_t written = 0;
    bool is_learning = false;
};

const std::string plain = R"({"id":1,"t":"text"})";

TEST(FieldBook, CountsTheRecordsThatHaveAField) {
    library here;
    here.see(plain, 3);
    here.see(R"({"id":1})", 2);
    here.take(begin, true);
    EXPECT_EQ(here.rows[" object"].seen, 5U);
    EXPECT_EQ(here.rows["/id number"].seen, 5U);
    EXPECT_EQ(here.rows["/t text"].seen, 3U);
    EXPECT_EQ(here.rows["/t text"].last_record, 5U);
    EXPECT_EQ(here.rows["/t text"].example, "text(4)");
    EXPECT_EQ(here.rows["/t text"].first_seen_at, begin);
}

TEST(FieldBook, HasNoNewsUntilItHasSeenEnough) {
    library here;
    here.see(plain, 3);
    here.take(begin);
    EXPECT_TRUE(here.is_learning);
    here.see(plain, 97);
    here.take(begin + 1h);
    EXPECT_TRUE(here.is_learning);
    here.see(plain);
    here.take(begin + 2h);
    EXPECT_FALSE(here.is_learning);

    library few;
    few.see(plain, 3);
    few.take(begin);
    few.see(plain);
    few.take(begin + 24h);
    EXPECT_FALSE(few.is_learning);
}

TEST(FieldBook, WritesCountsOnceAMinuteAndNewsAtOnce) {
    library here;
    EXPECT_THAT(here.take(begin), IsEmpty());
    EXPECT_EQ(here.written, 0U);
    here.see(plain);
    here.take(begin);
    EXPECT_EQ(here.written, 3U);
    here.see(plain);
    here.take(begin + 59s);
    EXPECT_EQ(here.written, 0U);
    here.take(begin + 60s);
    EXPECT_EQ(here.written, 3U);
    EXPECT_EQ(here.rows["/t text"].seen, 2U);
    here.see(R"({"id":1,"fresh":7})");
    EXPECT_THAT(here.take(begin + 61s), ElementsAre("appeared /fresh number"));
    here.see(plain);
    here.take(begin + 62s, true);
    EXPECT_EQ(here.rows["/t text"].seen, 3U);
}

TEST(FieldBook, TellsOfAnotherTypeButNotOfNull) {
    library here;
    here.see(plain);
    here.take(begin);
    here.see(R"({"id":1,"t":null})");
    EXPECT_THAT(here.take(begin + 1s), IsEmpty());
    here.see(R"({"id":1,"t":7})");
    EXPECT_THAT(here.take(begin + 2s), ElementsAre("retyped /t number"));
    here.see(R"({"id":1,"t":8})");
    EXPECT_THAT(here.take(begin + 3s, true), IsEmpty());
}

TEST(FieldBook, GivesUpWhatStaysAwayForManyRecordsAndADay) {
    library here;
    here.see(plain, 10);
    here.take(begin);
    here.see(R"({"id":1})", 100);
    EXPECT_THAT(here.take(begin + 25h), IsEmpty());
    here.see(R"({"id":1})", 1);
    EXPECT_THAT(here.take(begin + 26h), ElementsAre("vanished /t text"));
    EXPECT_EQ(here.rows["/t text"].vanished_at, begin + 26h);
    here.see(R"({"id":1})", 1000);
    EXPECT_THAT(here.take(begin + 90h), IsEmpty()); // once
    here.see(plain);
    EXPECT_THAT(here.take(begin + 90h + 1s), ElementsAre("returned /t text"));
    EXPECT_EQ(here.rows["/t text"].vanished_at, std::nullopt);
}

TEST(FieldBook, GivesUpNothingWithinADay) {
    library here;
    here.see(plain, 10);
    here.take(begin);
    here.see(R"({"id":1})", 100'000);
    EXPECT_THAT(here.take(begin + 23h), IsEmpty());
}

TEST(FieldBook, IsPatientWithRareFields) {
    library here;
    here.see(R"({"id":1})", 990);
    here.see(R"({"id":1,"rare":1})", 10); // one in a hundred
    here.take(begin);
    here.see(R"({"id":1})", 5'000);
    EXPECT_THAT(here.take(begin + 25h), IsEmpty());
    here.see(R"({"id":1})", 1);
    EXPECT_THAT(here.take(begin + 26h), ElementsAre("vanished /rare number"));
}

TEST(FieldBook, GoesOnFromTheDatabase) {
    library before;
    before.see(plain, 10);
    before.take(begin);
    std::vector<write::field_row> known;
    for (const auto& [name, row] : before.rows) {
        known.push_back(row);
    }
    known.push_back({.resource = "others", .path = "/x", .type = "text", .seen = 1});
    library here(known);
    here.see(plain);
    EXPECT_THAT(here.take(begin + 1h), IsEmpty());
    EXPECT_EQ(here.rows["/t text"].seen, 11U);
    EXPECT_EQ(here.rows["/t text"].first_seen_at, begin);
    EXPECT_EQ(here.rows[" object"].last_record, 11U);
}

} // namespace
} // namespace callmirror::engine

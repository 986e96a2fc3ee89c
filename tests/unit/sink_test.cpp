#include "sync/engine/companies.hpp"
#include "sync/engine/slice_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

namespace callmirror::engine {
namespace {

using testing::ElementsAre;

latest_rows latest; // nothing: what is not about it

// A page of records named by key and version; the line says both.
class page_maker {
public:
    page_maker& add(const std::string& key, std::uint64_t version, std::size_t more_bytes = 0) {
        texts_.push_back(key);
        const std::string_view kept = texts_.back();
        texts_.push_back(key + " v" + std::to_string(version) + std::string(more_bytes, 'x') +
                         "\n");
        page_.records.push_back({kept, texts_.back(), version});
        ++page_.served;
        return *this;
    }
    page_maker& reject(const std::string& raw) {
        page_.rejected.push_back({"no \"id\"", raw});
        ++page_.served;
        return *this;
    }
    const decode::decoded_page& page() const { return page_; }

private:
    std::deque<std::string> texts_; // stay where they are
    decode::decoded_page page_;
};

plan::digest digest_of(const std::map<std::string, std::uint64_t>& records) {
    plan::digest made;
    for (const auto& [key, hash] : records) {
        made.put(key, hash);
    }
    return made;
}

// What the unit would write: its rows by key, each with its own line, nothing left over.
std::map<std::string, std::string> rows_of(const write::commit_unit& unit) {
    std::map<std::string, std::string> rows;
    std::size_t covered = 0;
    for (const auto& row : unit.rows.rows) {
        EXPECT_TRUE(rows.emplace(row.key, unit.rows.lines.substr(row.begin, row.size)).second);
        EXPECT_EQ(rows[row.key], row.key + " v" + std::to_string(row.hash) + "\n");
        covered += row.size;
    }
    EXPECT_EQ(covered, unit.rows.lines.size());
    return rows;
}

TEST(Sink, KeepsOnlyWhatIsNewOrChanged) {
    slice_sink sink("calls", "2026-11", digest_of({{"a", 1}, {"b", 1}, {"gone", 1}}));
    page_maker page;
    page.add("a", 1).add("b", 2).add("c", 1);
    const auto facts = sink.take(page.page(), steady_time{0}, latest);
    EXPECT_EQ(facts.served, 3U);
    EXPECT_EQ(facts.repeated, 0U);
    write::commit_unit unit;
    sink.flush(unit, 7, 3);
    EXPECT_THAT(rows_of(unit), ElementsAre(std::pair("b", "b v2\n"), std::pair("c", "c v1\n")));
    ASSERT_EQ(unit.digest_pieces.size(), 1U);
    EXPECT_EQ(unit.digest_pieces[0].slice, 7);
    EXPECT_EQ(unit.digest_pieces[0].piece, 3);
    plan::digest piece;
    ASSERT_TRUE(piece.append(unit.digest_pieces[0].content));
    EXPECT_EQ(piece, digest_of({{"b", 2}, {"c", 1}}));
    ASSERT_EQ(sink.missing().size(), 1U);
    EXPECT_EQ(sink.missing()[0].key, "gone");
    EXPECT_EQ(sink.missing()[0].hash, 1U);
    EXPECT_FALSE(sink.digest_is_exact());
}

TEST(Sink, WritesNothingForAnUnchangedSlice) {
    slice_sink sink("calls", "", digest_of({{"a", 1}, {"b", 2}}));
    page_maker page;
    page.add("b", 2).add("a", 1);
    sink.take(page.page(), steady_time{0}, latest);
    EXPECT_TRUE(sink.batch_is_empty());
    EXPECT_TRUE(sink.digest_is_exact());
    EXPECT_TRUE(sink.missing().empty());
    write::commit_unit unit;
    sink.flush(unit, 1, 1);
    EXPECT_TRUE(unit.rows.rows.empty() && unit.digest_pieces.empty());
}

TEST(Sink, HoldsAKeyOnceThatChangesWhileItWaits) {
    slice_sink sink("calls", "", {});
    page_maker first;
    first.add("a", 1).add("b", 10).add("c", 1);
    sink.take(first.page(), steady_time{0}, latest);
    page_maker second;
    second.add("b", 200'000).add("a", 2);
    EXPECT_EQ(sink.take(second.page(), steady_time{0}, latest).repeated, 2U);
    page_maker third;
    third.add("b", 3);
    sink.take(third.page(), steady_time{0}, latest);
    write::commit_unit unit;
    sink.flush(unit, 1, 1);
    EXPECT_THAT(rows_of(unit), ElementsAre(std::pair("a", "a v2\n"), std::pair("b", "b v3\n"),
                                           std::pair("c", "c v1\n")));
    EXPECT_TRUE(sink.digest_is_exact());
}

TEST(Sink, CountsRepetitionsWithinAPageToo) {
    slice_sink sink("calls", "", {});
    page_maker page;
    page.add("a", 1).add("a", 1).add("b", 1);
    EXPECT_EQ(sink.take(page.page(), steady_time{0}, latest).repeated, 1U);
    EXPECT_EQ(sink.seen().size(), 2U);
}

TEST(Sink, ForgetsInASecondPassWhatTheFirstHasSeenButNotWhatItWrote) {
    slice_sink sink("calls", "", digest_of({{"old", 1}}));
    page_maker first;
    first.add("a", 1).add("b", 1);
    sink.take(first.page(), steady_time{0}, latest);
    write::commit_unit unit;
    sink.flush(unit, 1, 1);
    sink.begin_pass();
    page_maker second;
    second.add("a", 1);
    EXPECT_EQ(sink.take(second.page(), steady_time{0}, latest).repeated, 0U);
    EXPECT_TRUE(sink.batch_is_empty()) << "a was written in the first pass";
    std::vector<std::string> missing;
    for (const auto& each : sink.missing()) {
        missing.push_back(each.key);
    }
    EXPECT_THAT(missing, ElementsAre("old", "b")) << "b came and went: its row is there";
    EXPECT_FALSE(sink.digest_is_exact());
}

TEST(Sink, FillsABatchByRowsOrByBytes) {
    slice_sink many("calls", "", {});
    for (int i = 0; !many.batch_is_full({}); ++i) {
        ASSERT_LT(i, 10'000);
        page_maker page;
        page.add(std::to_string(i), 1);
        many.take(page.page(), steady_time{0}, latest);
    }
    write::commit_unit unit;
    many.flush(unit, 1, 1);
    EXPECT_EQ(rows_of(unit).size(), 5'000U);
    EXPECT_FALSE(many.batch_is_full({}));
    EXPECT_TRUE(many.batch_is_empty());
    slice_sink large("calls", "", {});
    for (int i = 0; !large.batch_is_full({}); ++i) {
        ASSERT_LT(i, 10);
        page_maker page;
        page.add(std::to_string(i), 1, 1U << 20U);
        large.take(page.page(), steady_time{0}, latest);
    }
}

TEST(Sink, HandsOverRejectedRecordsOnce) {
    slice_sink sink("calls", "2026-11", {});
    page_maker page;
    page.reject("{}").add("a", 1);
    EXPECT_EQ(sink.take(page.page(), steady_time{0}, latest).served, 2U);
    EXPECT_FALSE(sink.batch_is_empty());
    write::commit_unit unit;
    sink.flush(unit, 1, 1);
    sink.flush(unit, 1, 2);
    ASSERT_EQ(unit.rejected.size(), 1U);
    EXPECT_EQ(unit.rejected[0].resource, "calls");
    EXPECT_EQ(unit.rejected[0].where, "2026-11");
    EXPECT_EQ(unit.rejected[0].raw, "{}");
}

TEST(Sink, PrintsAPageByItsKeysWhateverTheirOrderAndContent) {
    const slice_sink sink("calls", "", {});
    page_maker one, other, less;
    one.add("1", 1).add("4", 1);
    other.add("4", 9).add("1", 8);
    less.add("2", 1).add("3", 1);
    EXPECT_EQ(sink.facts_of(one.page()).fingerprint, sink.facts_of(other.page()).fingerprint);
    EXPECT_NE(sink.facts_of(one.page()).fingerprint, sink.facts_of(less.page()).fingerprint);
    EXPECT_TRUE(sink.batch_is_empty());
    // A page shifted by one, of numbers in a row: sums of weak hashes are blind to that.
    std::map<std::uint64_t, int> prints;
    for (int first = 1'000; first < 3'000; ++first) {
        page_maker page;
        for (int i = 0; i < 20; ++i) {
            page.add(std::to_string(first + i), 1);
        }
        EXPECT_EQ(++prints[sink.facts_of(page.page()).fingerprint], 1);
    }
}

// Whatever happens in how many passes and flushes: what was written, in order, is what the digest
// pieces say, and the last pass's records are all in it.
TEST(Sink, KeepsDigestAndRowsTogether) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
        std::map<std::string, std::uint64_t> database;
        for (unsigned i = pick(20); i > 0; --i) {
            database[std::to_string(pick(30))] = pick(3);
        }
        plan::digest pieces = digest_of(database);
        const auto before = database;
        slice_sink sink("calls", "", digest_of(database));
        std::map<std::string, std::uint64_t> shown;
        for (int step = 0; step < 60; ++step) {
            if (pick(12) == 0) {
                sink.begin_pass();
                shown.clear();
            }
            page_maker page;
            for (unsigned i = pick(8); i > 0; --i) {
                const auto key = std::to_string(pick(30));
                shown[key] = pick(3);
                page.add(key, shown[key]);
            }
            sink.take(page.page(), steady_time{0}, latest);
            if (pick(5) == 0 || step == 59) {
                write::commit_unit unit;
                sink.flush(unit, 1, step);
                rows_of(unit);
                for (const auto& row : unit.rows.rows) {
                    database[row.key] = row.hash;
                }
                for (const auto& piece : unit.digest_pieces) {
                    ASSERT_TRUE(pieces.append(piece.content));
                }
            }
        }
        ASSERT_EQ(pieces, digest_of(database)) << seed;
        ASSERT_EQ(sink.seen(), digest_of(shown));
        std::size_t missing = 0;
        for (const auto& [key, hash] : database) {
            const auto found = shown.find(key);
            missing += found == shown.end() ? 1 : 0;
            ASSERT_EQ(found == shown.end() ? hash : found->second, hash);
        }
        ASSERT_EQ(sink.missing().size(), missing);
        ASSERT_EQ(sink.digest_is_exact(), missing == 0);
    }
}

// ---- companies

TEST(Companies, AreFoundWhereTheKeysUserNamesThem) {
    EXPECT_THAT(companies_in(R"({"company_id": 5})"), ElementsAre(5));
    EXPECT_THAT(companies_in(R"({"companyId": "12"})"), ElementsAre(12));
    EXPECT_THAT(companies_in(R"({"company": {"id": 7}})"), ElementsAre(7));
    EXPECT_THAT(companies_in(R"({"company": 7})"), ElementsAre(7));
    EXPECT_THAT(companies_in(R"({"companies": [{"id": 9}, {"id": "3"}, 4, 9]})"),
                ElementsAre(3, 4, 9));
    EXPECT_THAT(companies_in(R"({"data": {"company_id": 2, "companies": [{"id": 1}]}})"),
                ElementsAre(1, 2));
}

TEST(Companies, AreNoneWhereNothingSensibleNamesThem) {
    for (const char* body :
         {"", "null", "[]", "{", "\xff", R"({"company_id": null})", R"({"company_id": "a"})",
          R"({"company_id": "12x"})", R"({"company_id": 0})", R"({"company_id": -4})",
          R"({"company_id": 1.5})", R"({"company_id": true})", R"({"companies": {"id": 3}})",
          R"({"company_id": 18446744073709551615})", R"({"company_id": 1e300})",
          R"({"companies": [null, [], {}, {"id": {}}]})"}) {
        EXPECT_TRUE(companies_in(body).empty()) << body;
    }
    EXPECT_TRUE(companies_in(std::string(200'000, '[')).empty());
    EXPECT_TRUE(
        companies_in("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}")
            .empty());
}

// The head has written a record while a read of history had an older state of it in hand.
TEST(SliceSink, LeavesOutWhatIsWrittenInANewerState) {
    latest_rows rows;
    slice_sink sink("calls", "", plan::digest{});
    page_maker page;
    page.add("1", 1);
    page.add("2", 1);
    sink.take(page.page(), steady_time{10}, rows);
    rows.read_begins(steady_time{5});
    rows.wrote("1", steady_time{20});
    rows.wrote("2", steady_time{3});
    sink.drop_older(rows);
    EXPECT_FALSE(sink.digest_is_exact());
    EXPECT_EQ(sink.seen().find("1"), 0U); // the next read writes it, whatever it shows
    write::commit_unit unit;
    sink.flush(unit, 1, 1);
    ASSERT_EQ(unit.rows.rows.size(), 1U);
    EXPECT_EQ(unit.rows.rows[0].key, "2");
}

TEST(SliceSink, WritesWhatReturnsThoughItsDigestKnowsIt) {
    latest_rows rows;
    page_maker page;
    page.add("1", 7);
    page.add("2", 7);
    plan::digest before;
    for (const auto& record : page.page().records) {
        before.put(record.key, record.hash);
    }
    slice_sink sink("calls", "", std::move(before));
    rows.deleted("1");
    sink.take(page.page(), steady_time{0}, rows);
    write::commit_unit unit;
    sink.flush(unit, 1, 1);
    ASSERT_EQ(unit.rows.rows.size(), 1U);
    EXPECT_EQ(unit.rows.rows[0].key, "1");
    EXPECT_FALSE(rows.returns("1"));
}

TEST(LatestRows, AreForgottenWhenNoOlderReadIsUnderWay) {
    latest_rows rows;
    rows.read_begins(steady_time{1});
    rows.read_begins(steady_time{5});
    rows.wrote("a", steady_time{3});
    rows.wrote("a", steady_time{2});
    EXPECT_TRUE(rows.is_older("a", steady_time{2}));
    EXPECT_FALSE(rows.is_older("a", steady_time{3}));
    EXPECT_FALSE(rows.is_older("b", steady_time{0}));
    rows.read_ends(steady_time{1});
    EXPECT_FALSE(rows.is_older("a", steady_time{2}));
}

} // namespace
} // namespace callmirror::engine

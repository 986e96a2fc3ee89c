#include "tests/integration/store_fixture.hpp"

#include <gmock/gmock.h>

#include <random>
#include <thread>

namespace callmirror::write {
namespace {

class Rows : public StoreTest {};

TEST_F(Rows, AreCountedAsNewChangedAndUnchanged) {
    const lease held = take();
    expect_outcome(store.commit(calls(held, {{1, 11}, {2, 12}, {3, 13}})), 3, 0, 0);
    expect_outcome(store.commit(calls(held, {{2, 12}, {3, 99}, {4, 14}})), 1, 1, 1);
    expect_outcome(store.commit(calls(held, {{1, 11}, {2, 12}, {3, 99}, {4, 14}})), 0, 0, 4);
    EXPECT_EQ(value("select string_agg(id || '=' || content_hash, ' ' order by id) "
                    "from snapcall.calls where account = 'acme'"),
              "1=11 2=12 3=99 4=14");
    EXPECT_EQ(value("select raw->>'hash' from snapcall.calls where id = 3"), "99");
}

TEST_F(Rows, KeepWhenTheyWereSeenFirst) {
    const lease held = take();
    store.commit(calls(held, {{1, 11}, {2, 12}}));
    const auto first = value("select first_seen_at from snapcall.calls where id = 1");
    store.commit(calls(held, {{1, 21}, {2, 12}}));
    EXPECT_EQ(value("select first_seen_at from snapcall.calls where id = 1"), first);
    EXPECT_EQ(value("select changed_at > first_seen_at from snapcall.calls where id = 1"), "t");
    EXPECT_EQ(value("select changed_at = first_seen_at from snapcall.calls where id = 2"), "t");
}

TEST_F(Rows, FillTheirColumns) {
    const lease held = take();
    commit_unit unit{.holder = held, .platform = "snapcall"};
    unit.table = &resource_named("calls");
    const std::string hostile = "tab\t line\n back\\slash \\N 'quote' \"double\" \xe2\x82\xac";
    add_row(unit.rows, *unit.table, "acme", "9223372036854775807", 0xffffffffffffffffULL,
            R"({"id":9223372036854775807,"text":"a\tb\\N"})",
            {{"created_at", "2026-01-02T03:04:05.678Z"},
             {"duration_s", "1.5"},
             {"agent", hostile},
             {"team_id", "-7"}});
    store.commit(unit);
    const auto row = cluster().sql(database, "select id, content_hash, created_at at time zone "
                                             "'UTC', duration_s, agent, team_id, status, "
                                             "raw->>'text' from snapcall.calls")[0];
    EXPECT_STREQ(row[0].c_str(), "9223372036854775807");
    EXPECT_STREQ(row[1].c_str(), "-1");
    EXPECT_STREQ(row[2].c_str(), "2026-01-02 03:04:05.678");
    EXPECT_STREQ(row[3].c_str(), "1.5");
    EXPECT_STREQ(row[4].c_str(), hostile.c_str());
    EXPECT_STREQ(row[5].c_str(), "-7");
    EXPECT_TRUE(row[6].is_null());
    EXPECT_STREQ(row[7].c_str(), "a\tb\\N");
}

TEST_F(Rows, OfTwoAccountsWithTheSameKeysAreKeptApart) {
    store.commit(calls(take("acme"), {{1, 11}}));
    const lease other = take("o'th\\er\tone");
    expect_outcome(store.commit(calls(other, {{1, 99}})), 1, 0, 0);
    expect_outcome(store.commit(calls(other, {{1, 99}})), 0, 0, 1);
    EXPECT_EQ(value("select content_hash from snapcall.calls where account = 'acme'"), "11");
    EXPECT_EQ(value("select count(*) from snapcall.calls where account = E'o''th\\\\er\\tone'"),
              "1");
}

TEST_F(Rows, OfAnotherAccountAreNotLetThrough) {
    const lease held = take();
    commit_unit unit = calls(held, {{1, 11}});
    unit.rows.lines.replace(0, 4, "ACME");
    EXPECT_THROW(store.commit(unit), std::invalid_argument);
}

TEST_F(Rows, GetTheirDeletionOnceAndComeBack) {
    const lease held = take();
    store.commit(calls(held, {{1, 11}, {2, 12}}));
    commit_unit gone{.holder = held, .platform = "snapcall"};
    gone.table = &resource_named("calls");
    gone.deleted = {"2", "1", "2", "777"};
    expect_outcome(store.commit(gone), 0, 0, 0, 2);
    expect_outcome(store.commit(gone), 0, 0, 0, 0);
    EXPECT_EQ(value("select count(*) from snapcall.calls where deleted_at = changed_at"), "2");

    expect_outcome(store.commit(calls(held, {{1, 11}})), 0, 1, 0);
    EXPECT_EQ(value("select deleted_at from snapcall.calls where id = 1"), "");
    EXPECT_NE(value("select deleted_at from snapcall.calls where id = 2"), "");
}

TEST_F(Rows, WithAKeyTwiceInABatchAreWrittenOnceWithTheLastContent) {
    const lease held = take();
    commit_unit unit = calls(held, {{1, 11}});
    add_row(unit.rows, *unit.table, "acme", "1", 22);
    expect_outcome(store.commit(unit), 1, 0, 0);
    EXPECT_EQ(value("select content_hash from snapcall.calls"), "22");
}

TEST_F(Rows, UnchangedWriteNothingToTheLog) {
    const lease held = take();
    std::map<std::int64_t, std::uint64_t> many;
    for (int i = 0; i < 2000; ++i)
        many[i] = static_cast<std::uint64_t>(i) * 7919;
    const commit_unit unit = calls(held, many);
    store.commit(unit);
    cluster().sql(database, "checkpoint");
    store.commit(unit);
    const auto before = value("select pg_current_wal_insert_lsn()");
    expect_outcome(store.commit(unit), 0, 0, 2000);
    // The fence's row lock and the commit record, and what the server writes by itself.
    EXPECT_LT(std::stoll(value("select pg_current_wal_insert_lsn() - '" + before + "'::pg_lsn")),
              4000);
}

// Between the look-up and the COPY nobody else may write the account; where somebody does all the
// same, the batch goes through the stage.
TEST_F(Rows, ThatAppearBetweenLookUpAndCopyAreHealed) {
    const lease held = take();
    pqxx::connection other(cluster().url(database));
    pqxx::nontransaction work(other);
    work.exec("begin; insert into snapcall.calls (account, id, content_hash, raw) "
              "values ('acme', 2, 77, '{}')");
    std::thread later([&] {
        std::this_thread::sleep_for(300ms);
        work.exec("commit");
    });
    const auto outcome = store.commit(calls(held, {{1, 11}, {2, 12}, {3, 13}}));
    later.join();
    expect_outcome(outcome, 2, 1, 0);
    EXPECT_EQ(value("select content_hash from snapcall.calls where id = 2"), "12");
}

TEST_F(Rows, FromSeveralWritersOfOneAccountAllGetIn) {
    const lease held = take();
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    for (unsigned seed = 0; seed < 4; ++seed)
        threads.emplace_back([&, seed] {
            postgres_store own({.url = cluster().url(database)});
            std::mt19937 random(seed);
            for (int round = 0; round < 15; ++round) {
                std::map<std::int64_t, std::uint64_t> some;
                for (int i = 0; i < 100; ++i)
                    some[static_cast<std::int64_t>(random() % 400)] = random() % 5;
                try {
                    own.commit(calls(held, some));
                } catch (const std::exception& error) {
                    ++failures;
                    ADD_FAILURE() << error.what();
                }
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(value("select count(*) from callmirror.rejected"), "0");
}

TEST_F(Rows, MakeTheirTableKnownToThePlanner) {
    const lease held = take();
    EXPECT_LE(std::stod(value("select reltuples from pg_class where oid = "
                              "'snapcall.calls'::regclass")),
              0);
    std::map<std::int64_t, std::uint64_t> many;
    for (int i = 0; i < 1200; ++i)
        many[i] = 1;
    store.commit(calls(held, many));
    EXPECT_EQ(value("select reltuples from pg_class where oid = 'snapcall.calls'::regclass"),
              "1200");
}

} // namespace
} // namespace callmirror::write

#include "tests/integration/store_fixture.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace callmirror::write {
namespace {

class Lease : public StoreTest {};

TEST_F(Lease, IsTakenByOneHolderAtATime) {
    const lease one = take("acme", "one");
    EXPECT_EQ(one.fence, 1);
    const auto refused = store.acquire("acme", "two", 1min);
    EXPECT_FALSE(refused.taken);
    EXPECT_EQ(refused.held_by, "one");
    EXPECT_TRUE(store.acquire("other", "two", 1min).taken);
}

TEST_F(Lease, IsTakenOverWhenItsTimeIsUp) {
    const lease one = take("acme", "one", 1ms);
    std::this_thread::sleep_for(5ms);
    const lease two = take("acme", "two");
    EXPECT_EQ(two.fence, one.fence + 1);
    EXPECT_THROW(store.renew(one, 1min), lease_lost);
    EXPECT_THROW(store.load(one), lease_lost);
    EXPECT_THROW(store.commit({.holder = one}), lease_lost);
    EXPECT_NO_THROW(store.commit({.holder = two}));
}

TEST_F(Lease, CountsItsFenceOnAfterARelease) {
    const lease one = take("acme", "one");
    store.release(one, 0ms);
    EXPECT_THROW(store.commit({.holder = one}), lease_lost);
    EXPECT_EQ(take("acme", "two").fence, one.fence + 1);
}

TEST_F(Lease, HandsOnTheQuietThatItsLastHolderAskedFor) {
    store.release(take("acme", "one"), 30s);
    const auto answer = store.acquire("acme", "two", 1min);
    ASSERT_TRUE(answer.taken);
    EXPECT_GT(answer.wait_before_request, 20s);
    EXPECT_LE(answer.wait_before_request, 30s);
}

// Or is killed before it can say so.
TEST_F(Lease, HandsOnTheQuietThatItsHolderWasAskedFor) {
    const lease one = take("acme", "one", 1ms);
    store.keep_quiet(one, 30s);
    std::this_thread::sleep_for(5ms);
    const auto answer = store.acquire("acme", "two", 1min);
    ASSERT_TRUE(answer.taken);
    EXPECT_GT(answer.wait_before_request, 20s);
    EXPECT_LE(answer.wait_before_request, 30s);
    EXPECT_THROW(store.keep_quiet(one, 1min), lease_lost);
}

TEST_F(Lease, MayBeTakenAgainByItsHolderWithANewFence) {
    const lease before = take("acme", "one");
    const lease after = take("acme", "one");
    EXPECT_EQ(after.fence, before.fence + 1);
    EXPECT_THROW(store.commit({.holder = before}), lease_lost);
}

// PostgreSQL's limits don't end a COPY that waits for its client, and its transaction has the
// lease's row locked.
TEST_F(Lease, IsTakenFromAHolderThatFrozeInTheMiddleOfACopy) {
    take("acme", "one", 1ms);
    pqxx::connection connection(cluster().url(database));
    pqxx::work frozen(connection);
    frozen.exec("set local statement_timeout = 50; select from callmirror.leases for share");
    pqxx::stream_to copy(frozen, "callmirror.orders");
    std::this_thread::sleep_for(100ms);
    const lease two = take("acme", "two", 100ms);
    EXPECT_EQ(two.fence, 2);
    EXPECT_ANY_THROW({
        copy.complete();
        frozen.commit();
    });
}

// Only what keeps a lease locked is ended.
TEST_F(Lease, IsTakenOverBesideACopyOfSomebodyElse) {
    take("acme", "one", 1ms);
    pqxx::connection connection(cluster().url(database));
    pqxx::work other(connection);
    other.exec("create temporary table mine (line text)");
    pqxx::stream_to copy(other, "mine");
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(take("acme", "two", 100ms).fence, 2);
    EXPECT_NO_THROW({
        copy.complete();
        other.commit();
    });
}

TEST_F(Lease, IsRenewedByItsHolder) {
    const lease one = take("acme", "one", 200ms);
    store.renew(one, 1min);
    std::this_thread::sleep_for(250ms);
    EXPECT_NO_THROW(store.commit({.holder = one}));
    EXPECT_FALSE(store.acquire("acme", "two", 1min).taken);
}

TEST_F(Lease, StopsCommitsOnceItsTimeIsUpEvenIfNobodyElseTookIt) {
    const lease one = take("acme", "one", 1ms);
    std::this_thread::sleep_for(5ms);
    EXPECT_THROW(store.commit({.holder = one}), lease_lost);
    store.renew(one, 1min);
    EXPECT_NO_THROW(store.commit({.holder = one}));
}

TEST_F(Lease, GoesToExactlyOneOfManyWhoWantIt) {
    std::atomic<int> won{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            postgres_store own({.url = cluster().url(database)});
            won += own.acquire("acme", "holder " + std::to_string(i), 1min).taken ? 1 : 0;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(won, 1);
}

// A holder that is stopped in the middle of a commit keeps the lease's row locked until the server
// cuts it off; then the next one gets it, and the first one's commit is gone.
TEST_F(Lease, IsWaitedForWhileACommitIsUnderWay) {
    const lease one = take("acme", "one", 1ms);
    store.renew(one, 300ms);
    pqxx::connection stopped(cluster().url(database));
    pqxx::nontransaction work(stopped);
    work.exec("begin; set local idle_in_transaction_session_timeout = 1000");
    work.exec("select 1 from callmirror.leases where account = 'acme' and fence = " +
              std::to_string(one.fence) + " for share");
    std::this_thread::sleep_for(310ms);
    const auto before = std::chrono::steady_clock::now();
    const lease two = take("acme", "two");
    EXPECT_GT(std::chrono::steady_clock::now() - before, 500ms);
    EXPECT_EQ(two.fence, one.fence + 1);
    EXPECT_ANY_THROW(work.exec("commit"));
}

TEST_F(Lease, ReleaseThrowsNothingWhereTheDatabaseIsAway) {
    const lease one = take();
    cluster().stop();
    store.release(one, 0ms);
    cluster().start();
    EXPECT_NO_THROW(store.commit({.holder = one}));
}

} // namespace
} // namespace callmirror::write

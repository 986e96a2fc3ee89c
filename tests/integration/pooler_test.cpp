// Through pgbouncer in transaction mode: each transaction may find another session than the one
// before, and whatever another client has left there.
#include "tests/integration/daemon_fixture.hpp"
#include "tests/integration/pooler.hpp"

#include <gmock/gmock.h>
#include <pqxx/pqxx>

#include <array>
#include <atomic>
#include <thread>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

// Another client of the same pool, which leaves settings in every session that it comes by.
class untidy_neighbour {
public:
    explicit untidy_neighbour(std::string url)
        : url_(std::move(url))
        , thread_([this] { disturb(); }) {}
    ~untidy_neighbour() {
        ending_ = true;
        thread_.join();
    }
    int left() const { return left_; }

private:
    static constexpr std::array<const char*, 9> settings{
        "search_path = nowhere",    "timezone = 'Asia/Tokyo'",
        "datestyle = 'SQL, DMY'",   "bytea_output = 'escape'",
        "statement_timeout = 1",    "default_transaction_read_only = on",
        "extra_float_digits = -15", "default_transaction_isolation = 'serializable'",
        "enable_indexscan = off"};

    void disturb() {
        for (std::size_t turn = 0; !ending_; ++turn) {
            try {
                pqxx::connection connection(url_);
                for (int i = 0; i < 20 && !ending_; ++i) {
                    pqxx::nontransaction work(connection);
                    work.exec(std::string("set ") + settings[turn++ % settings.size()]);
                    ++left_;
                    std::this_thread::sleep_for(1ms);
                }
            } catch (const std::exception&) { // the pooler is away
                std::this_thread::sleep_for(5ms);
            }
        }
    }

    std::string url_;
    std::atomic<bool> ending_{false};
    std::atomic<int> left_{0};
    std::thread thread_;
};

class Pooler : public Daemon {
protected:
    void go_through(const pooler& pool) { config.database_url = pool.url(database); }
};

TEST_F(Pooler, InTransactionModeServesEveryCommand) {
    const pooler pool(cluster(), "transaction", 2);
    database = cluster().empty_database();
    go_through(pool);
    api_source from;
    configure(from);
    const untidy_neighbour neighbour(config.database_url);
    for (const char* command : {"migrate", "check", "backfill", "status", "deletes list"}) {
        const auto done = run(command);
        EXPECT_EQ(done.status, 0) << command << '\n' << done.text();
    }
    expect_equal(from);
    from.with([&](simulator::world& data) {
        data.remove(resource::calls, data.id_of(resource::calls, 7));
        data.change(resource::calls, data.id_of(resource::calls, 20), now());
    });
    const auto again = run("backfill --again");
    EXPECT_EQ(again.status, 0) << again.text();
    expect_equal(from);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
    EXPECT_GT(neighbour.left(), 50);
}

TEST_F(Pooler, InTransactionModeServesADaemonThatLosesItsSessions) {
    pooler pool(cluster(), "transaction", 2);
    go_through(pool);
    api_source from;
    configure(from);
    const untidy_neighbour neighbour(config.database_url);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    int terminated = 0;
    for (int i = 0; i < 6; ++i) {
        from.add(resource::calls, now(), 4);
        from.add(resource::stream_events, now(), 3);
        if (i % 3 == 2) {
            pool.kill();
            std::this_thread::sleep_for(300ms);
            pool.start();
        } else {
            terminated += std::stoi(
                value("select count(pg_terminate_backend(pid)) from pg_stat_activity where "
                      "datname = current_database() and pid <> pg_backend_pid()"));
        }
        EXPECT_TRUE(equal_within(from, 60s)) << differences(from) << running->err();
    }
    EXPECT_GE(terminated, 4);
    EXPECT_GT(neighbour.left(), 50);
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
}

class Regression : public Pooler {};

// No transaction is possible there, and none ever will be: it is no outage that is waited for.
TEST_F(Regression, APoolerInStatementModeIsRefusedWithWhatToDo) {
    const pooler pool(cluster(), "statement", 2);
    go_through(pool);
    api_source from;
    configure(from);
    for (const char* command : {"backfill", "run"}) {
        const auto done = start(command)->wait(20s);
        EXPECT_EQ(done.status, 77) << command << '\n' << done.text();
        EXPECT_THAT(done.text(), HasSubstr("pool_mode = transaction"));
    }
    EXPECT_EQ(from.requests(), 0U);
}

} // namespace
} // namespace callmirror::integration

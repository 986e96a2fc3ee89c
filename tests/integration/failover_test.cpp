// A primary that dies and a synchronous standby that takes its place, named by one URL with two
// hosts: what was committed is there, and the daemon goes on by itself.
#include "tests/integration/daemon_fixture.hpp"

#include <gmock/gmock.h>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

class FailOver : public Daemon {
protected:
    FailOver()
        : standby(tests::postgres_cluster::standby_of{primary}) {
        database = "mirror";
        primary.sql("postgres", "create database mirror");
        primary.sql("postgres", "alter system set synchronous_standby_names = 'standby'");
        primary.sql("postgres", "select pg_reload_conf()");
        config.database_url = "postgresql://postgres@127.0.0.1:" + std::to_string(primary.port()) +
                              ",127.0.0.1:" + std::to_string(standby.port()) +
                              "/mirror?target_session_attrs=read-write";
        config.page_size = 10;
        looked_at = standby.url(database);
    }
    bool is_synchronous() {
        return eventually([&] {
            return primary.value("postgres", "select sync_state from pg_stat_replication") ==
                   "sync";
        });
    }
    // What any session could see by then, and so somebody may have acted upon.
    static std::string committed(const tests::postgres_cluster& in, const std::string& up_to) {
        return in.value("mirror", "select count(*) || ' calls ' || md5(string_agg(id || ' ' || "
                                  "content_hash, ',' order by id)) from snapcall.calls where "
                                  "changed_at <= '" +
                                      up_to + "'");
    }

    tests::postgres_cluster primary;
    tests::postgres_cluster standby;
};

TEST_F(FailOver, LosesNothingThatWasCommitted) {
    constexpr std::string_view tried = "it is tried again";
    ASSERT_TRUE(is_synchronous());
    api_source from;
    from.manner("latency_ms", "40");
    config.page_size = 5; // the backfill is under way all along
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(eventually([&] { return from.requests() > 60; }, 60s)) << running->err();
    // Every transaction that began by then has ended, one way or the other.
    const auto mark = primary.value("mirror", "select now()::text");
    std::this_thread::sleep_for(300ms);
    const auto before = committed(primary, mark);
    primary.stop_immediately();
    // Not before that is noticed: between two commits it might never be.
    ASSERT_TRUE(eventually([&] { return running->err().find(tried) != std::string::npos; }, 30s));
    ASSERT_EQ(standby.value("postgres", "select pg_is_in_recovery()"), "t");
    EXPECT_EQ(standby.value("postgres", "select pg_promote()"), "t");
    EXPECT_THAT(before, testing::Not(testing::StartsWith("0 calls")));
    EXPECT_GT(from.requests("calls list"), 0U);
    EXPECT_TRUE(equal_within(from, 90s)) << differences(from) << running->err();
    from.add(resource::calls, now(), 5);
    EXPECT_TRUE(equal_within(from, 30s)) << running->err();
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(standby, database), "");
    EXPECT_EQ(committed(standby, mark), before);
}

class Regression : public FailOver {};

// Where the URL does not ask for the primary: PostgreSQL's own word is "cannot set transaction
// read-write mode during recovery", with another code than a write gets.
TEST_F(Regression, AStandbyThatAnswersIsNamedWithWhatToDo) {
    ASSERT_TRUE(is_synchronous());
    api_source from;
    configure(from);
    ASSERT_EQ(run("migrate").status, 0);
    config.database_url = standby.url(database);
    config.give_up_after = "1s";
    write_configuration();
    ASSERT_TRUE(eventually([&] {
        return standby.value("mirror", "select count(*) > 5 from pg_tables where schemaname = "
                                       "'snapcall'") == "t";
    }));
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 69) << done.text();
    EXPECT_THAT(done.text(), HasSubstr("target_session_attrs=read-write"));
    EXPECT_EQ(from.requests(), 0U);
}

} // namespace
} // namespace callmirror::integration

// The brake: more than a fifth of a slice of fifty or more does not go without a word.
#include "tests/integration/harness.hpp"
#include "tests/integration/http_get.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

class MassDeletes : public MirrorTest {
protected:
    // So many calls of one hour, five days ago, mirrored.
    // Of a day, far from where a slice may end.
    static utc_time noon() { return floor_day(now()) - 5 * 24h + 12h; }
    std::vector<std::int64_t> mirrored(api_source& from, int count) {
        auto calls = from.add(resource::calls, noon(), count, 10s);
        expect_mirrored(from);
        return calls;
    }
    static void remove(api_source& from, const std::vector<std::int64_t>& calls,
                       std::size_t count) {
        from.with([&](simulator::world& data) {
            for (std::size_t i = 0; i < count; ++i) {
                data.remove(resource::calls, calls.at(i * calls.size() / count));
            }
        });
    }
    long deleted() const {
        return number("select count(*) from snapcall.calls where deleted_at is not null");
    }
    long held() const {
        return number("select count(*) from callmirror.suspects where state = 'held'");
    }
    ended expect_done(const std::string& arguments, int status = 0) {
        auto done = run(arguments);
        EXPECT_EQ(done.status, status) << arguments << ": " << done.text();
        return done;
    }
};

TEST_F(MassDeletes, AreHeldUntilAWordIsGiven) {
    api_source from(empty_world());
    const auto calls = mirrored(from, 60);
    remove(from, calls, 20);
    const auto again = expect_done("backfill --again");
    EXPECT_THAT(again.err, HasSubstr("20 records"));
    EXPECT_THAT(again.err, HasSubstr("callmirror deletes accept"));
    EXPECT_EQ(deleted(), 0);
    EXPECT_EQ(held(), 20);
    EXPECT_EQ(from.requests("calls record"), 0U);

    const auto list = expect_done("deletes list");
    EXPECT_THAT(list.out, testing::ContainsRegex(
                              "acme +calls .* 20 +40 .*  [0-9]+, [0-9]+, [0-9]+, \\.\\.\\.\n"));
    const auto status = expect_done("status", 1);
    EXPECT_THAT(status.out, HasSubstr("20 deletions wait for a word: `callmirror deletes list`"));

    expect_done("backfill --again"); // a second read within six hours changes nothing
    EXPECT_EQ(deleted(), 0);
    EXPECT_EQ(held(), 20);

    const auto accept = expect_done("deletes accept");
    EXPECT_THAT(accept.out, HasSubstr("20 deletions carried out"));
    EXPECT_EQ(deleted(), 20);
    expect_equal(from);
    EXPECT_THAT(expect_done("deletes list").out, HasSubstr("no deletion waits for a word"));
    EXPECT_THAT(expect_done("deletes accept").out, HasSubstr("no deletion waits for a word"));
    EXPECT_THAT(run("status").out, Not(HasSubstr("wait for a word")));
}

// The server's list goes by the time of the last change: what is edited moves from its slice to the
// newest one. That looked like a mass deletion.
TEST_F(MassDeletes, AreNotRecordsThatMovedToALaterSlice) {
    api_source from(empty_world());
    from.manner("compares", "updated");
    const auto calls = mirrored(from, 100);
    from.with([&](simulator::world& data) {
        for (std::size_t i = 0; i < 40; ++i) {
            data.change(resource::calls, calls.at(2 * i), now() - std::chrono::hours(30));
        }
    });
    const auto again = expect_done("backfill --again");
    EXPECT_THAT(again.text(), Not(HasSubstr("are gone"))) << again.text();
    EXPECT_EQ(held(), 0);
    EXPECT_EQ(deleted(), 0);
    expect_equal(from);
}

TEST_F(MassDeletes, AreCarriedOutByARunningDaemon) {
    api_source from(empty_world());
    const auto calls = mirrored(from, 80);
    remove(from, calls, 30);
    const auto daemon = start("run");
    ASSERT_TRUE(eventually([&] { return run("status").status == 0; })) << daemon->err();
    expect_done("backfill --again"); // which the daemon does
    ASSERT_TRUE(eventually([&] { return held() == 30; })) << daemon->err();
    EXPECT_EQ(deleted(), 0);
    EXPECT_EQ(run("status").status, 1);
    const auto accept = expect_done("deletes accept");
    EXPECT_THAT(accept.out, HasSubstr("30 deletions carried out"));
    EXPECT_EQ(deleted(), 30);
    expect_equal(from);
    EXPECT_TRUE(daemon->is_running()) << daemon->err();
    EXPECT_TRUE(eventually([&] { return run("status").status == 0; })) << run("status").out;
}

// Of a batch that is agreed to twice, or that holds what is marked already, just what was done.
TEST_F(MassDeletes, AreToldOnceAndByTheirRightNumber) {
    api_source from(empty_world());
    const auto calls = mirrored(from, 60);
    remove(from, calls, 20);
    expect_done("backfill --again");
    const std::string before = "create table public.held as select * from callmirror.suspects";
    cluster().sql(database, before);
    cluster().sql(database, "update snapcall.calls set deleted_at = now() where id in (select "
                            "key::bigint from callmirror.suspects limit 1)");
    const auto daemon = start("run");
    const auto accepted = [&] {
        expect_done("deletes accept");
        return eventually([&] { return held() == 0; });
    };
    EXPECT_TRUE(accepted());
    EXPECT_THAT(daemon->err(), HasSubstr("19 deletions carried out"));
    cluster().sql(database, "insert into callmirror.suspects select * from public.held");
    EXPECT_TRUE(accepted());
    daemon->signal(SIGTERM);
    const auto log = daemon->wait().err;
    EXPECT_EQ(log.find("carried out"), log.rfind("carried out")) << log;
    EXPECT_EQ(deleted(), 20);
}

// Whichever process held them, and when: on the page and as a metric.
TEST_F(MassDeletes, AreToldByADaemonThatStartsLater) {
    api_source from(empty_world());
    const auto calls = mirrored(from, 80);
    remove(from, calls, 30);
    expect_done("backfill --again");
    config.listen = "127.0.0.1:0";
    configure(from);
    const auto daemon = start("run");
    const auto url = page_url(*daemon);
    const std::string wait = R"(callmirror_waiting_deletes{account="acme",resource="calls"} )";
    const auto waiting = [&](const std::string& count) {
        return eventually([&] {
            return http_get(url + "metrics").body.find(wait + count + "\n") != std::string::npos;
        });
    };
    EXPECT_TRUE(waiting("30")) << http_get(url + "metrics").body;
    EXPECT_THAT(http_get(url).body, HasSubstr("30 deletions wait for a word"));
    expect_done("deletes accept");
    EXPECT_TRUE(waiting("0")) << http_get(url + "metrics").body;
    EXPECT_THAT(http_get(url).body, Not(HasSubstr("wait for a word")));
}

TEST_F(MassDeletes, AreForgottenWhereTheRecordsReturn) {
    api_source from(empty_world());
    const auto calls = mirrored(from, 60);
    remove(from, calls, 20);
    expect_done("backfill --again");
    EXPECT_EQ(held(), 20);
    from.with([&](simulator::world& data) {
        for (const auto id : calls) {
            data.return_removed(resource::calls, id);
        }
    });
    expect_done("backfill --again");
    EXPECT_EQ(held(), 0);
    EXPECT_EQ(deleted(), 0);
    expect_equal(from);
}

// Six hours later a second complete read that agrees is word enough.
TEST_F(MassDeletes, AreCarriedOutByASecondReadSixHoursLater) {
    api_source from(empty_world());
    const auto calls = mirrored(from, 60);
    remove(from, calls, 20);
    expect_done("backfill --again");
    cluster().sql(database, "update callmirror.suspects set missing_since = missing_since - "
                            "interval '6 hours'");
    expect_done("backfill --again");
    EXPECT_EQ(deleted(), 20);
    EXPECT_EQ(held(), 0);
    expect_equal(from);
}

TEST_F(MassDeletes, AreNoneUpToAFifthOrInASmallSlice) {
    for (const auto& [count, gone, is_held] :
         {std::tuple(50, 10, false), {50, 11, true}, {49, 40, false}}) {
        SCOPED_TRACE(std::to_string(gone) + " of " + std::to_string(count));
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        api_source from(empty_world());
        const auto calls = mirrored(from, count);
        remove(from, calls, static_cast<std::size_t>(gone));
        expect_done("backfill --again");
        EXPECT_EQ(held(), is_held ? gone : 0);
        EXPECT_EQ(deleted(), is_held ? 0 : gone);
        if (!is_held) {
            expect_equal(from);
        }
    }
}

// A retention rule looks like that: old streams go with all their events.
TEST_F(MassDeletes, OfARetentionRuleGoWithTheirEventsWhenAccepted) {
    auto world = small_world();
    world.streams_per_day = 20;
    api_source from(world);
    expect_mirrored(from);
    const auto before = from.with(
        [&](simulator::world& data) { return data.retention(now() - std::chrono::days(4)); });
    EXPECT_GT(before, 50U);
    expect_done("backfill --again");
    EXPECT_GT(held(), 0);
    expect_done("status", 1);
    expect_done("deletes accept");
    expect_done("backfill --again"); // what was below the brake is asked for
    EXPECT_EQ(held(), 0);
    expect_equal(from);
    EXPECT_EQ(number("select count(*) from snapcall.stream_events e join snapcall.streams s on "
                     "s.id = e.stream_id where (e.deleted_at is null) <> (s.deleted_at is null)"),
              0);
}

TEST_F(MassDeletes, OfOneListCanBeAcceptedAlone) {
    api_source from(empty_world());
    const auto streams = from.add(resource::streams, noon(), 60, 10s);
    const auto calls = mirrored(from, 60);
    remove(from, calls, 20);
    from.with([&](simulator::world& data) {
        for (std::size_t i = 0; i < 25; ++i) {
            data.remove(resource::streams, streams.at(i));
        }
    });
    expect_done("backfill --again");
    EXPECT_EQ(held(), 45);
    expect_done("deletes accept --resource streams");
    EXPECT_EQ(held(), 20);
    EXPECT_EQ(deleted(), 0);
    EXPECT_EQ(differences(from, {resource::streams}), "");
    expect_done("deletes accept --resource calls");
    expect_equal(from);
}

} // namespace
} // namespace callmirror::integration

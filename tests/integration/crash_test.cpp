// The real program, or its database, is killed, stopped, frozen and cut off in the middle of a
// backfill. What is started again goes on, the mirror equals the source in the end, and the
// program's own state is sound at every moment in between.
//
// The moments of the kills are drawn from a seed, which is printed:
//
//     CALLMIRROR_KILLS=200 build/debug/tests/integration/crash_test --gtest_filter='*Killed*'
//     CALLMIRROR_SEED=7 ...                 the moments of seed 7
#include "tests/integration/consistency.hpp"
#include "tests/integration/harness.hpp"
#include "tests/simulator/chance.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* given = std::getenv(variable);
    return given ? std::stoull(given) : otherwise;
}

// Some 250 pages in all, served at a human pace.
simulator::world_options busy_world() {
    auto options = small_world();
    options.calls_per_day = 120;
    options.streams_per_day = 12;
    options.events_per_stream = 8;
    return options;
}

int times_in(const std::string& text, const std::string& what) {
    int times = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++times;
    }
    return times;
}

class Crash : public MirrorTest {
protected:
    void slow_down(api_source& from, int latency_ms) {
        from.manner("latency_ms", std::to_string(latency_ms));
        from.manner("jitter_ms", std::to_string(latency_ms));
        config.page_size = 10;
        config.request_timeout = "30s";
        config.give_up_after = "5m";
        configure(from);
    }
    void take_fresh_database() {
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        write_configuration();
    }
    // Until that many further requests were answered; false where the program ended before.
    static bool requests_pass(api_source& from, child& running, std::uint64_t count) {
        const auto until = from.requests() + count;
        return eventually([&] { return from.requests() >= until || !running.is_running(); },
                          300s) &&
               running.is_running();
    }
    void expect_sound() { EXPECT_EQ(inconsistencies(cluster(), database), ""); }
    // Starts `arguments` and kills it within its first `requests` requests: true where it fired.
    bool kill_one(api_source& from, simulator::chance& luck, const std::string& arguments,
                  std::uint64_t requests);
    void finish(api_source& from, const std::string& arguments, std::chrono::milliseconds limit);
};

bool Crash::kill_one(api_source& from, simulator::chance& luck, const std::string& arguments,
                     std::uint64_t requests) {
    auto running = start(arguments);
    const auto count = luck.below(requests);
    const auto moment = std::chrono::microseconds(luck.below(40'000));
    if (requests_pass(from, *running, count)) {
        std::this_thread::sleep_for(moment);
    }
    running->signal(SIGKILL);
    const auto done = running->wait();
    expect_sound();
    let_leases_end(cluster(), database);
    if (done.signal != SIGKILL) { // it was faster
        EXPECT_EQ(done.status, 0) << done.text();
        return false;
    }
    return true;
}

void Crash::finish(api_source& from, const std::string& arguments,
                   std::chrono::milliseconds limit) {
    auto done = run(arguments, limit);
    EXPECT_EQ(done.status, 0) << done.text();
    // A stream takes its events along: after many rounds that may be over a fifth of a slice.
    if (number("select count(*) from callmirror.suspects where state = 'held'") > 0) {
        EXPECT_EQ(run("deletes accept").status, 0);
        done = run(arguments, limit);
    }
    EXPECT_EQ(differences(from), "")
        << done.text() << "suspects:\n"
        << value("select string_agg(s::text, e'\\n') from callmirror.suspects s");
    expect_sound();
}

// Changes of all kinds, all over its history.
void live_on(api_source& from, simulator::chance& luck) {
    for (const auto of : {resource::calls, resource::streams, resource::stream_events}) {
        const auto ids = from.ids(of);
        from.with([&](simulator::world& data) {
            for (int i = 0; i < 8; ++i) {
                data.change(of, ids[luck.below(ids.size())], now());
            }
            data.remove(of, ids[luck.below(ids.size())]);
            data.add(of, now() - std::chrono::hours(1 + luck.below(200)));
            data.add(of, now());
        });
    }
}

// ---- the program

TEST_F(Crash, OfAProgramKilledAtAnyMomentLosesAndDoublesNothing) {
    const auto wanted = number_from("CALLMIRROR_KILLS", 10);
    const auto seed = number_from("CALLMIRROR_SEED", std::random_device{}());
    std::cout << "CALLMIRROR_SEED=" << seed << '\n';
    SCOPED_TRACE("CALLMIRROR_SEED=" + std::to_string(seed));
    simulator::chance luck(seed);
    api_source from(busy_world());
    slow_down(from, 5);
    finish(from, "backfill", 300s);
    const auto whole = from.requests();

    std::uint64_t fired = 0;
    std::uint64_t attempts = 0;
    while (fired < wanted && attempts < 4 * wanted && !HasFailure()) {
        take_fresh_database();
        // Never read: whole slices are committed, and gone on from.
        for (int i = 0; i < 4 && fired < wanted; ++i, ++attempts) {
            fired += kill_one(from, luck, "backfill", whole * 2 / 3) ? 1 : 0;
        }
        finish(from, "backfill", 300s);
        // Read before: changes and deletions are found meanwhile.
        for (int i = 0; i < 3 && fired < wanted; ++i, ++attempts) {
            live_on(from, luck);
            fired += kill_one(from, luck, "backfill --again", whole * 2 / 3) ? 1 : 0;
        }
        finish(from, "backfill --again", 300s);
    }
    std::cout << fired << " kills, " << attempts - fired << " came too late\n";
    EXPECT_EQ(fired, wanted);
}

// The lease of the dead is waited for, and no word of a person is needed.
TEST_F(Crash, OfAProgramIsGoneOnFromWithoutHelp) {
    api_source from(busy_world());
    slow_down(from, 5);
    auto running = start("backfill");
    ASSERT_TRUE(requests_pass(from, *running, 60));
    running->signal(SIGKILL);
    ASSERT_EQ(running->wait().signal, SIGKILL);
    finish(from, "backfill", 300s);
}

// ---- the database

TEST_F(Crash, OfPostgresThreeTimesInABackfillLosesNothing) {
    api_source from(busy_world());
    slow_down(from, 20);
    auto running = start("backfill --progress none");
    for (int fired = 0; fired < 3;) {
        ASSERT_TRUE(requests_pass(from, *running, 30)) << running->err();
        if (fired == 1) {
            cluster().stop();
        } else {
            cluster().stop_immediately();
        }
        ++fired;
        const bool noticed = eventually(
            [&] { return times_in(running->err(), "it is tried again") >= fired; }, 120s);
        cluster().start();
        ASSERT_TRUE(noticed) << running->err();
        expect_sound();
    }
    const auto done = running->wait(300s);
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_EQ(times_in(done.err, "it is tried again"), 3) << done.text();
    expect_equal(from);
    expect_sound();
}

// Its machine answers, it does not: only the program's own limit of 35 s ends the wait.
TEST_F(Crash, OfNothingButAFrozenPostgresIsSatOut) {
    api_source from(busy_world());
    slow_down(from, 20);
    auto running = start("backfill --progress none");
    ASSERT_TRUE(requests_pass(from, *running, 60)) << running->err();
    cluster().pause();
    const bool noticed =
        eventually([&] { return times_in(running->err(), "it is tried again") > 0; }, 200s);
    cluster().resume();
    ASSERT_TRUE(noticed) << running->err();
    const auto done = running->wait(300s);
    EXPECT_EQ(done.status, 0) << done.text();
    expect_equal(from);
    expect_sound();
}

TEST_F(Crash, OfItsConnectionsAgainAndAgainLosesNothing) {
    api_source from(busy_world());
    slow_down(from, 5);
    simulator::chance luck(3);
    auto running = start("backfill --progress none");
    int fired = 0;
    for (int i = 0; i < 15 && requests_pass(from, *running, 1 + luck.below(40)); ++i) {
        fired += std::stoi(value("select count(pg_terminate_backend(pid)) from pg_stat_activity "
                                 "where datname = current_database() and pid <> pg_backend_pid()"));
    }
    EXPECT_GE(fired, 10) << running->err();
    const auto done = running->wait(300s);
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_GE(times_in(done.err, "it is tried again"), 1) << done.text();
    expect_equal(from);
    expect_sound();
}

} // namespace
} // namespace callmirror::integration

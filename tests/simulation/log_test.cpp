// What an operator finds in the log of a day: nothing that repeats itself, and on a normal day next
// to nothing. A day's run of the real engine in simulated time.
#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;

// A year of history, an ordinary API, records that come, change and go; poll_interval 30 s.
scenario ordinary_day() {
    auto of =
        draw_scenario(7, {.manners = false, .changes = false, .faults = false, .deaths = false});
    of.world.start = of.world.end - std::chrono::days(365);
    of.world.calls_per_day = 10;
    of.world.streams_per_day = 2;
    of.world.events_per_stream = 3;
    of.world.gaps.clear();
    of.processes = 1;
    of.clocks_off = {0ms};
    of.account.requests_per_second = 5;
    of.account.page_size = 100;
    of.account.max_in_flight = 4;
    of.account.poll_interval = 30s;
    of.account.snapshot_interval = 10min;
    of.account.history_start.reset();
    of.ends_with_backfill = false;
    of.waits_for_brake = false;
    of.chaos = {};
    of.chaos.lasts = 24h;
    of.chaos.add_every = 5min;
    of.chaos.change_every = 10min;
    of.chaos.remove_every = 2h;
    return of;
}

std::string text_of(const outcome& came) {
    std::string all;
    for (const auto& line : came.log) {
        all += std::to_string(std::chrono::floor<std::chrono::seconds>(line.at).count()) +
               " s: " + line.text + '\n';
    }
    return all;
}

std::size_t most_in_an_hour(const outcome& came) {
    std::map<std::chrono::hours, std::size_t> hours;
    std::size_t most = 0;
    for (const auto& line : came.log) {
        most = std::max(most, ++hours[std::chrono::floor<std::chrono::hours>(line.at)]);
    }
    return most;
}

std::size_t count_of(const outcome& came, const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        came.log, [&](const auto& line) { return line.text.find(text) != std::string::npos; }));
}

TEST(Log, OfANormalDayHasAtMostTenLinesAnHour) {
    const auto came = play(ordinary_day(), 0, false);
    EXPECT_EQ(came.wrong, "");
    EXPECT_GE(came.simulated, 24h);
    EXPECT_LE(most_in_an_hour(came), 10U) << text_of(came);
    std::cout << came.log.size() << " lines in " << came.simulated / 1h << " hours, "
              << came.requests << " requests\n"
              << text_of(came);
}

// A server that restarts again and again, or lets sessions in and ends them.
TEST(Log, DoesNotRepeatItselfWhileTheDatabaseComesAndGoes) {
    auto of = ordinary_day();
    of.chaos.lasts = 1h;
    of.chaos.database_away_every = 6s;
    of.chaos.database_away_most = 3s;
    const auto came = play(of, 0, false);
    EXPECT_EQ(came.wrong, "");
    const auto lost = count_of(came, "it is tried again");
    const auto back = count_of(came, "the database is back");
    EXPECT_GE(back, 1U) << text_of(came);
    EXPECT_LE(back, lost);
    EXPECT_LE(lost, 60U) << text_of(came); // 600 times away
    std::cout << lost << " times lost, " << back << " times back\n";
}

// All lists fail then, one after the other.
TEST(Log, SaysOnceForAllListsThatTheApiIsAway) {
    auto of = ordinary_day();
    of.chaos.lasts = 2h;
    of.faults = simulator::parse_faults(R"([{"from":600,"times":400,"do":"status","status":503}])");
    const auto came = play(of, 0, false);
    EXPECT_EQ(came.wrong, "");
    EXPECT_EQ(count_of(came, "out of reach"), 1U) << text_of(came);
    EXPECT_EQ(count_of(came, "answers again"), 1U) << text_of(came);
    EXPECT_EQ(count_of(came, "503"), 1U) << text_of(came);
    EXPECT_EQ(count_of(came, "recovered"), 0U) << text_of(came);
}

// A stretch of history that can't be read, among much that can.
TEST(Log, SaysOnceThatAStretchCantBeRead) {
    auto of = ordinary_day();
    of.chaos.lasts = 2h;
    const auto day = format_day(of.world.end - std::chrono::days(60)).substr(0, 7);
    of.faults = simulator::parse_faults(R"([{"resource":"calls","kind":"list","target":"start=)" +
                                        day + R"(","do":"status","status":500}])");
    const auto came = play(of, 0, false);
    EXPECT_EQ(came.wrong, "");
    EXPECT_GE(count_of(came, "500"), 1U) << text_of(came);
    EXPECT_LE(came.log.size(), 10U) << text_of(came);
}

} // namespace
} // namespace callmirror::simulation

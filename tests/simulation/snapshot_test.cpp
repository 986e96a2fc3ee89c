// How often a daemon reads a list without time axis: the real engine over days of simulated time.
#include "tests/simulation/crowd.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using simulator::resource;

constexpr auto step = 1min; // in which the list is looked at

class SnapshotInterval : public testing::Test {
protected:
    explicit SnapshotInterval(std::chrono::milliseconds interval = 10min) {
        of_.processes = 1;
        of_.clocks_off = {0ms};
        of_.account.companies = {};
        of_.account.resources = {"teams"};
        of_.account.requests_per_second = 5;
        of_.account.snapshot_interval = interval;
        all_.frozen = of_.world.end;
        crowd_.start(0);
    }

    // How long it was, again and again, from one whole read to the next.
    std::vector<std::chrono::milliseconds> gaps_within(std::chrono::hours time,
                                                       std::chrono::minutes change_every = 0min) {
        std::vector<std::chrono::milliseconds> gaps;
        const auto ends = all_.events.now() + time;
        auto change_at = all_.events.now();
        while (all_.wrong.empty() && all_.events.now() < ends) {
            if (change_every > 0min && all_.events.now() >= change_at) {
                change_at += change_every;
                world_.change(resource::teams, world_.id_of(resource::teams, 0), all_.true_time());
            }
            const auto until = all_.events.now() + step;
            do {
                crowd_.run_ready();
            } while (all_.events.step(until));
            const auto& lists = crowd_.at(0)->view().lists;
            const auto read_at = lists.empty() ? std::nullopt : lists.front().head_read_at;
            if (read_at && read_at_ && read_at != read_at_) {
                gaps.push_back(*read_at - *read_at_);
            }
            read_at_ = read_at ? read_at : read_at_;
        }
        EXPECT_EQ(all_.wrong, "");
        return gaps;
    }

    scenario of_ =
        draw_scenario(7, {.manners = false, .changes = false, .faults = false, .deaths = false});
    universe all_{.events = {},
                  .began = of_.world.end,
                  .luck = simulator::chance(simulator::mix(of_.seed, 0x11)),
                  .told = trace(0, false),
                  .wrong = {}};
    simulator::world world_{of_.seed, of_.world};
    simulator::service service_{world_};
    memory_store store_{all_};
    database_weather weather_;
    request_judge judge_{all_, of_.account.requests_per_second};
    crowd crowd_{surroundings{all_, service_, judge_, store_, weather_}, of_};
    std::optional<utc_time> read_at_;
};

class SnapshotIntervalOfTwoHours : public SnapshotInterval {
protected:
    SnapshotIntervalOfTwoHours()
        : SnapshotInterval(2h) {}
};

TEST_F(SnapshotInterval, IsKeptWhileTheListChangesAndGrowsToADayWhileItDoesNot) {
    const auto busy = gaps_within(12h, 8min);
    ASSERT_GT(busy.size(), 60U);
    EXPECT_GE(std::ranges::min(busy), 10min);
    EXPECT_LE(std::ranges::max(busy), 10min + step);

    const auto quiet = gaps_within(6 * 24h);
    ASSERT_GT(quiet.size(), 8U);
    EXPECT_LT(quiet.size(), 16U);
    EXPECT_TRUE(std::ranges::is_sorted(quiet, {}, [](auto gap) { return gap / step; }));
    EXPECT_GE(quiet.back(), 24h);
    EXPECT_LE(quiet.back(), 24h + step);

    EXPECT_GT(gaps_within(48h, 8min).size(), 24 * 5U); // it has noticed within a day
}

TEST_F(SnapshotIntervalOfTwoHours, IsTheLeast) {
    const auto busy = gaps_within(24h, 8min);
    ASSERT_GT(busy.size(), 9U);
    EXPECT_GE(std::ranges::min(busy), 2h);
    EXPECT_LE(std::ranges::max(busy), 2h + step);
}

} // namespace
} // namespace callmirror::simulation

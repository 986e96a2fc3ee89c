// How a backfill ends where something can't be read. The real engine in simulated time.
#include "tests/simulation/crowd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class OneShot : public testing::Test {
protected:
    OneShot() {
        of_.world.start = of_.world.end - std::chrono::days(60);
        of_.processes = 1;
        of_.clocks_off = {0ms};
        of_.account.companies = {};
        of_.account.resources = {"calls", "streams", "teams"};
    }

    void play(const std::string& faults) {
        all_ = std::make_unique<universe>(
            universe{.events = {},
                     .began = of_.world.end,
                     .luck = simulator::chance(simulator::mix(of_.seed, 0x11)),
                     .told = trace(0, false),
                     .wrong = {}});
        world_ = std::make_unique<simulator::world>(of_.seed, of_.world);
        service_ = std::make_unique<simulator::service>(*world_);
        store_ = std::make_unique<memory_store>(*all_);
        judge_ = std::make_unique<request_judge>(*all_, of_.account.requests_per_second);
        for (const auto& rule : simulator::parse_faults(faults)) {
            service_->faults().add(rule);
        }
        all_->frozen = of_.world.end;
        crowd_ = std::make_unique<crowd>(surroundings{*all_, *service_, *judge_, *store_, weather_},
                                         of_);
        crowd_->start(0, engine::one_shot{.range = {}, .again = false, .give_up_after = 15min});
        while (all_->wrong.empty() && !process().ended() && all_->events.now() < 2h) {
            const auto until = all_->events.now() + 1s;
            do {
                crowd_->run_ready();
            } while (all_->events.step(until));
        }
        EXPECT_EQ(all_->wrong, "");
    }
    const simulation::process& process() { return *crowd_->at(0); }
    const engine::list_view& list(const std::string& resource) {
        return *std::ranges::find(process().view().lists, resource, &engine::list_view::resource);
    }

    scenario of_ =
        draw_scenario(7, {.manners = false, .changes = false, .faults = false, .deaths = false});
    std::unique_ptr<universe> all_;
    std::unique_ptr<simulator::world> world_;
    std::unique_ptr<simulator::service> service_;
    std::unique_ptr<memory_store> store_;
    database_weather weather_;
    std::unique_ptr<request_judge> judge_;
    std::unique_ptr<crowd> crowd_;
};

// It was waited for as if the API were away, though the others had been read, and then called that.
TEST_F(OneShot, EndsInPartSoonWhereOneListFailsForEver) {
    play(R"([{"resource":"streams","kind":"list","do":"status","status":500}])");
    EXPECT_EQ(process().ended(), engine::account_end::done_in_part) << process().why();
    EXPECT_LT(all_->events.now(), 10min);
    EXPECT_THAT(list("streams").last_error, HasSubstr("500"));
    EXPECT_GT(list("streams").unread, 0U);
    for (const char* whole : {"calls", "teams"}) {
        EXPECT_EQ(list(whole).last_error, "") << whole;
        EXPECT_EQ(list(whole).unread, 0U) << whole;
        EXPECT_TRUE(list(whole).history_complete) << whole;
    }
}

TEST_F(OneShot, EndsInPartSoonWhereAListWithoutTimeAxisFailsForEver) {
    play(R"([{"resource":"teams","kind":"list","do":"status","status":500}])");
    EXPECT_EQ(process().ended(), engine::account_end::done_in_part) << process().why();
    EXPECT_LT(all_->events.now(), 10min);
    EXPECT_THAT(list("teams").last_error, HasSubstr("500"));
    EXPECT_EQ(list("calls").unread, 0U);
}

TEST_F(OneShot, GivesUpAnApiThatIsAwayAltogether) {
    play(R"([{"from":20,"do":"status","status":500}])");
    EXPECT_EQ(process().ended(), engine::account_end::unreachable) << process().why();
    EXPECT_GE(all_->events.now(), 15min);
    EXPECT_THAT(process().why(), HasSubstr("no useful answer of the API for 15 m"));
}

} // namespace
} // namespace callmirror::simulation

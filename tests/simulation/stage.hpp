// One process of the real engine against a small, well-behaved API in simulated time: for cases
// that say themselves what goes wrong, and when.
#pragma once

#include "tests/simulation/crowd.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace callmirror::simulation {

class Stage : public testing::Test {
protected:
    Stage() {
        of_.world.start = of_.world.end - std::chrono::days(60);
        of_.processes = 1;
        of_.clocks_off = {std::chrono::milliseconds(0)};
        of_.account.companies = {};
    }

    void begin(std::optional<engine::one_shot> once = std::nullopt) {
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
        all_->frozen = of_.world.end;
        crowd_ = std::make_unique<crowd>(surroundings{*all_, *service_, *judge_, *store_, weather_},
                                         of_);
        crowd_->start(0, once);
    }
    void faults(const std::string& json) {
        service_->faults().clear();
        for (const auto& rule : simulator::parse_faults(json)) {
            service_->faults().add(rule);
        }
    }
    // Until the process has ended, at most.
    void go_on_for(std::chrono::microseconds time) {
        const auto end = all_->events.now() + time;
        while (all_->wrong.empty() && !process().ended() && all_->events.now() < end) {
            const auto until = all_->events.now() + std::chrono::seconds(1);
            do {
                crowd_->run_ready();
            } while (all_->events.step(until));
        }
        EXPECT_EQ(all_->wrong, "");
    }

    simulation::process& process() { return *crowd_->at(0); }
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

} // namespace callmirror::simulation

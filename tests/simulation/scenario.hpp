// What one seed decides: the account and its history, the API's manners, what goes wrong and when.
// Plain data, so that a regression test can set a situation up by hand.
#pragma once

#include "sync/engine/account.hpp"
#include "tests/simulation/simulated_api.hpp"
#include "tests/simulator/faults.hpp"
#include "tests/simulator/manners.hpp"
#include "tests/simulator/world.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace callmirror::simulation {

// How often each thing happens while there is chaos; 0: never.
struct chaos_rates {
    std::chrono::milliseconds lasts{0};
    std::chrono::milliseconds kill_every{0};
    std::chrono::milliseconds pause_every{0};
    std::chrono::milliseconds pause_most{60'000};
    std::chrono::milliseconds database_away_every{0};
    std::chrono::milliseconds database_away_most{120'000};
    std::chrono::milliseconds clock_step_every{0};
    std::chrono::milliseconds key_renewed_every{0}; // what ended for it starts again
    double commit_fails_before = 0;
    double commit_fails_after = 0;
    double database_crashes = 0; // for each call
    // The world's life beside what world::live() does by itself.
    std::chrono::milliseconds add_every{0};    // at the head
    std::chrono::milliseconds change_every{0}; // any record
    std::chrono::milliseconds remove_every{0};
    std::chrono::milliseconds return_every{0};
    std::chrono::milliseconds move_every{0};
    std::chrono::milliseconds import_every{0}; // many of one instant, or dated ahead
    std::chrono::milliseconds purge_every{0};  // retention, or much of a stretch at once
    std::chrono::milliseconds share_every{0}; // another company lists a team, or one no longer does
};

struct scenario {
    std::uint64_t seed = 0;
    simulator::world_options world;
    simulator::manners_book manners;
    api_options api;
    engine::account_options account; // as a daemon; without holder
    int processes = 1;
    int database_threads = 1;
    std::vector<std::chrono::milliseconds> clocks_off{std::chrono::milliseconds(0)};
    std::chrono::milliseconds database_off{0};
    std::vector<simulator::fault_rule> faults; // while there is chaos
    chaos_rates chaos;
    bool ends_with_backfill = false; // one-shot engines do the last reading, not the daemons
    bool waits_for_brake = false;    // held deletions are carried out by time, not by an order
    // One line for people.
    std::string summary() const;
};

// Which parts of trouble a seed may decide on.
struct trouble {
    bool manners = true;
    bool changes = true;
    bool faults = true;
    bool deaths = true;
};

scenario draw_scenario(std::uint64_t seed, const trouble& allowed);

} // namespace callmirror::simulation

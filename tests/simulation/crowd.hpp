// The processes of one simulation, and what happens to them as processes: starting, pausing, dying.
#pragma once

#include "tests/simulation/process.hpp"
#include "tests/simulation/scenario.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace callmirror::simulation {

class crowd {
public:
    crowd(const surroundings& around, const scenario& of);

    std::size_t size() const { return members_.size(); }
    // nullptr where it is dead.
    process* at(std::size_t which) { return members_[which].it.get(); }

    void start(std::size_t which, std::optional<engine::one_shot> once = std::nullopt);
    void kill(std::size_t which);

    // After so many more handlers of this process it dies, or is paused for a time.
    void doom(std::size_t which, std::uint64_t handlers);
    void hold(std::size_t which, std::uint64_t handlers, std::chrono::microseconds time);

    // Nobody is doomed any more, and all are alive and awake.
    void revive();

    // Runs what is ready, turn by turn, until nothing is.
    void run_ready();

    std::uint64_t deaths() const { return deaths_; }

private:
    struct seat {
        std::unique_ptr<process> it;
        std::chrono::milliseconds clock_off{0}; // survives its deaths
        std::optional<std::uint64_t> dies_in{}; // handlers
        std::optional<std::uint64_t> stops_in{};
        std::chrono::microseconds stops_for{0};
    };
    void after_handler(std::size_t which);

    surroundings around_;
    const scenario& of_;
    std::vector<seat> members_;
    std::uint64_t started_ = 0;
    std::uint64_t deaths_ = 0;
};

} // namespace callmirror::simulation

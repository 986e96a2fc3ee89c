// What all processes of one simulation share: time, the source, the record of what happened, and
// the way to say that a promise was broken.
#pragma once

#include "tests/simulation/schedule.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/simulator/chance.hpp"
#include "tests/simulator/service.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::simulation {

// A promise was broken, or the simulation itself is wrong.
class broken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct universe {
    schedule events;
    utc_time began; // of the simulation: what the true wall clock says at events.now() == 0
    simulator::chance luck;
    trace told;
    // The first broken promise; "" while all is well. Set anywhere, looked at after each step:
    // an exception would pass through the engine, which may take it for one of its own.
    std::string wrong;

    // What an operator would find in the log.
    struct log_line {
        std::chrono::microseconds at{0};
        std::string text{};
    };
    std::vector<log_line> log{};

    // The source's life stands still from here on.
    std::optional<utc_time> frozen{};

    utc_time true_time() const {
        return began + std::chrono::floor<std::chrono::milliseconds>(events.now());
    }
    utc_time life_until() const { return frozen ? std::min(*frozen, true_time()) : true_time(); }
    void tell(std::string line) { told.add(events.now(), true_time(), std::move(line)); }
    void fail(const std::string& promise) {
        if (wrong.empty()) {
            wrong = promise;
            tell("BROKEN: " + promise);
        }
    }
    // Uniform within [least, most].
    std::chrono::microseconds between(std::chrono::microseconds least,
                                      std::chrono::microseconds most) {
        const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
        return least + std::chrono::microseconds(static_cast<std::int64_t>(luck.below(span)));
    }
};

} // namespace callmirror::simulation

// How long something takes, counted in buckets: what a metrics histogram is made of.
#pragma once

#include "sync/base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace callmirror::engine {

struct durations {
    // Upper bounds in seconds, inclusive; a last bucket has no bound.
    static constexpr std::array<double, 13> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                   0.25,  0.5,    1,     2.5,  10,    30};
    std::array<std::uint64_t, bounds.size() + 1> counts{}; // of each bucket alone
    double sum = 0;                                        // seconds

    void note(steady_time took) {
        const auto seconds = std::chrono::duration<double>(took).count();
        const auto* const bucket = std::ranges::lower_bound(bounds, seconds);
        ++counts[static_cast<std::size_t>(bucket - bounds.begin())];
        sum += seconds;
    }
};

} // namespace callmirror::engine

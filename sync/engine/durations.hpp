// How long something takes, counted in buckets: what a metrics histogram is made of. There are
// three for each list of each account, so that each bucket costs Prometheus 14 series an account:
// as many as tell a fast one from a slow one.
#pragma once

#include "sync/base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace callmirror::engine {

// `bounds`: upper ones in seconds, inclusive, rising; a last bucket has none.
template <const auto& bounds>
struct durations {
    std::array<std::uint64_t, bounds.size() + 1> counts{}; // of each bucket alone
    double sum = 0;                                        // seconds

    void note(steady_time took) {
        const auto seconds = std::chrono::duration<double>(took).count();
        const auto* const bucket = std::ranges::lower_bound(bounds, seconds);
        ++counts[static_cast<std::size_t>(bucket - bounds.begin())];
        sum += seconds;
    }
};

inline constexpr std::array request_bounds{0.03, 0.1, 0.3, 1.0, 3.0, 10.0};
inline constexpr std::array decode_bounds{0.001, 0.01, 0.1, 1.0};
inline constexpr std::array commit_bounds{0.01, 0.1, 1.0, 10.0};

using request_durations = durations<request_bounds>;
using decode_durations = durations<decode_bounds>;
using commit_durations = durations<commit_bounds>;

} // namespace callmirror::engine

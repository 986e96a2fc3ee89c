// Simulated time and everything that waits for it. Nothing here knows the real clock: time moves
// only when step() finds that nothing can happen before the next event. One thread.
#pragma once

#include "sync/base/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace callmirror::simulation {

class schedule {
public:
    // Events of one instant happen in the order in which they were planned.
    using event = std::pair<steady_time, std::uint64_t>;

    steady_time now() const { return now_; }

    // Never in the past: an earlier time means now.
    event plan(steady_time at, std::function<void()> action);
    // Does nothing where it has happened already.
    void cancel(const event& which) { events_.erase(which); }

    std::optional<steady_time> next() const;
    // Moves on to the next event and lets it happen. False where there is none before `until`; it
    // is `until` then.
    bool step(steady_time until);

private:
    steady_time now_{0};
    std::uint64_t planned_ = 0;
    std::map<event, std::function<void()>> events_;
};

} // namespace callmirror::simulation

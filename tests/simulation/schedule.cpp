#include "tests/simulation/schedule.hpp"

#include <algorithm>

namespace callmirror::simulation {

schedule::event schedule::plan(steady_time at, std::function<void()> action) {
    const event which{std::max(at, now_), planned_++};
    events_.emplace(which, std::move(action));
    return which;
}

std::optional<steady_time> schedule::next() const {
    return events_.empty() ? std::nullopt : std::optional(events_.begin()->first.first);
}

bool schedule::step(steady_time until) {
    if (events_.empty() || events_.begin()->first.first > until) {
        now_ = std::max(now_, until);
        return false;
    }
    const auto first = events_.extract(events_.begin());
    now_ = first.key().first;
    first.mapped()();
    return true;
}

} // namespace callmirror::simulation

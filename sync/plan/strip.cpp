#include "sync/plan/strip.hpp"

#include <algorithm>

namespace callmirror::plan {
namespace {

void add(strip_cell& to, const slice& each, slice_state state, bool first) {
    if (first) {
        to = {state, each.read_at};
        return;
    }
    to.state = std::min(to.state, state);
    to.read_at = to.read_at && each.read_at ? std::optional(std::min(*to.read_at, *each.read_at))
                                            : std::nullopt;
}

} // namespace

slice_state state_of(const slice& which, utc_time now) {
    if (which.failures > 0) {
        return slice_state::failing;
    }
    if (!which.read_at) {
        return slice_state::unread;
    }
    return which.due_at <= now ? slice_state::due : slice_state::current;
}

history_strip strip_of(const std::vector<slice>& slices, utc_time now, std::size_t cells) {
    history_strip strip;
    for (const auto& each : slices) {
        if (!each.is_open()) {
            ++strip.slices[static_cast<std::size_t>(state_of(each, now))];
        }
    }
    if (slices.empty() || slices.front().begins == start_of_time || slices.front().begins >= now) {
        return strip;
    }
    strip.from = slices.front().begins;
    strip.to = now;
    strip.cells.resize(cells);
    const auto whole = (now - strip.from).count();
    const auto count = static_cast<std::int64_t>(cells);
    std::vector<bool> seen(cells);
    for (const auto& each : slices) {
        const auto begins = (each.begins - strip.from).count();
        const auto ends = (std::min(each.ends, now) - strip.from).count();
        if (ends <= begins) {
            continue;
        }
        // In double: a history of centuries times the cells does not fit.
        const auto share = static_cast<double>(count) / static_cast<double>(whole);
        const auto first = static_cast<std::int64_t>(static_cast<double>(begins) * share);
        const auto last = static_cast<std::int64_t>(static_cast<double>(ends - 1) * share);
        // A head that is read again and again is never owed.
        const auto state = each.is_open() && each.read_at && each.failures == 0
                               ? slice_state::current
                               : state_of(each, now);
        for (auto i = std::max<std::int64_t>(first, 0); i <= std::min(last, count - 1); ++i) {
            const auto at = static_cast<std::size_t>(i);
            add(strip.cells[at], each, state, !seen[at]);
            seen[at] = true;
        }
    }
    return strip;
}

} // namespace callmirror::plan

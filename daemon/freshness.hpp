// Whether a list's newest records are fresh enough to be trusted: one rule for the command `status`
// and the status page. Pure.
#pragma once

#include "sync/base/time.hpp"

#include <algorithm>
#include <optional>

namespace callmirror::daemon {

// `due_at`: of a list without time axis, which is read when it is due; history may come before it
// for a while.
inline bool is_fresh(const std::optional<utc_time>& head_read_at,
                     const std::optional<utc_time>& due_at, std::chrono::milliseconds poll_interval,
                     utc_time now) {
    using namespace std::chrono_literals;
    constexpr int polls_missed = 10;
    constexpr std::chrono::milliseconds whole_late = 30min;
    constexpr std::chrono::milliseconds saved_late =
        20s; // an idle read's time is saved now and then
    const auto limit = polls_missed * poll_interval + saved_late;
    if (due_at) {
        return head_read_at && now <= *due_at + std::max(limit, whole_late);
    }
    return head_read_at && now - *head_read_at <= limit;
}

} // namespace callmirror::daemon

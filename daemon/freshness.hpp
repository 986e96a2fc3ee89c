// Whether a list's newest records are fresh enough to be trusted: one rule for the command `status`
// and the status page. Pure.
#pragma once

#include "sync/base/text.hpp"
#include "sync/base/time.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace callmirror::daemon {

// A clock that was wrong has been set back since; machines that share a database differ by less.
inline bool is_ahead(utc_time read_at, utc_time now) {
    return read_at - now > std::chrono::minutes(1);
}

// "12 s ago", "never", "1 d ahead of this machine's clock".
inline std::string ago(const std::optional<utc_time>& time, utc_time now) {
    if (!time) {
        return "never";
    }
    return is_ahead(*time, now)
               ? format_duration(*time - now) + " ahead of this machine's clock"
               : format_duration(std::max(now - *time, utc_time::duration(0))) + " ago";
}

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
    return head_read_at && now - *head_read_at <= limit && !is_ahead(*head_read_at, now);
}

} // namespace callmirror::daemon

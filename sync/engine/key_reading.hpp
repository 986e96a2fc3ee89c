// What one turn of asking for records by their keys knows, and what an answer does to it. No I/O;
// belongs to one turn.
#pragma once

#include "sync/engine/requests.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace callmirror::engine {

// A record is asked for again after `each_after`, and up to `spread_over` later, so that they come
// to be spread over the day.
inline constexpr auto each_after = std::chrono::hours(24);
inline constexpr auto spread_over = std::chrono::hours(6);

struct key_reading {
    session_context& context;
    list& of;
    plan::slice slice;
    std::set<std::string> wanted{};            // keys that the other table has
    std::vector<write::suspect_row> watched{}; // and those that it had
    plan::digest held{};                       // records that are there
    bool changed = false;
    std::size_t braked = 0;          // records whose deletion waits
    std::optional<problem> failed{}; // the first

    // Also where a clock that was ahead has left a time that is further off than any should be.
    bool is_due(const write::suspect_row& each) const {
        const auto now = context.now();
        return each.attempts > 0 || each.ask_at <= now ||
               each.ask_at > now + each_after + spread_over + std::chrono::minutes(1);
    }
};

// The record is there.
void take_record(key_reading& read, const decode::decoded_record& record, write::commit_unit& unit);
// It is gone, or has never been. Where over a fifth of all were gone within a day, its deletion
// waits.
void take_absence(key_reading& read, write::suspect_row& each, write::commit_unit& unit);

} // namespace callmirror::engine

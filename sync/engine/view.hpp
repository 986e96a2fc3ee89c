// What an account's engine shows of itself: for progress, metrics and the status page. Written by
// the engine, read by anyone on the io thread.
#pragma once

#include "sync/base/time.hpp"
#include "sync/engine/durations.hpp"
#include "sync/engine/field_change.hpp"
#include "sync/fetch/verdict.hpp"
#include "sync/plan/strip.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::engine {

// Requests by what came of them and the answer's HTTP status; 0: there was no answer.
using answer_counts = std::map<std::pair<fetch::verdict, int>, std::uint64_t>;

// What was asked of the API, and how it was answered.
struct api_traffic {
    answer_counts answers{}; // retries too
    std::uint64_t bytes = 0; // of bodies, inflated
    request_durations request_time{};
    decode_durations decode_time{};
};

struct list_view {
    std::string resource{};
    std::string scope{}; // the company's id, or ""
    std::uint64_t inserted = 0, changed = 0, unchanged = 0, deleted = 0, rejected = 0;
    std::uint64_t misfits = 0; // values that are null in their column
    std::uint64_t records = 0; // served, repeats too
    std::uint64_t requests = 0;
    api_traffic traffic{};
    commit_durations commit_time{};
    std::uint64_t failures = 0;      // reads of a slice that came to nothing
    std::uint64_t held_deletes = 0;  // by the brake; counted again at each read
    std::size_t waiting_deletes = 0; // of those: still waiting for a word, from before as well
    std::uint64_t unanswered = 0;    // at the end of a one shot: missing, and asked for in vain
    std::array<std::uint64_t, kinds_of_field_change> field_changes{}; // of what the API sends
    double share = 0;              // of the time to be covered that has been read, 0 to 1
    bool history_complete = false; // share is of all there is; otherwise of what was planned so far
    std::size_t unread = 0;        // slices
    std::optional<utc_time> reading{};      // where the newest history slice under way begins
    std::optional<utc_time> oldest{};       // where the oldest slice begins
    plan::history_strip history{};          // as it was when something was read last
    std::optional<utc_time> head_read_at{}; // of a list without time axis: all of it
    std::optional<utc_time> due_at{};       // of such a list: when it is to be read next
    std::optional<utc_time> read_at{};      // any slice, by this process
    std::string aside{};                    // why it is set aside; "" where it is not
    std::string last_error{};               // "" where the last read went well
};

// What an account is about; `state` says it in words.
enum class account_phase : std::uint8_t {
    starting,
    held_elsewhere, // by another process
    mirroring,
    database_away,
    lease_lost,
    key_refused
};
inline constexpr std::size_t account_phases = 6;

struct account_view {
    std::string name{};
    account_phase phase = account_phase::starting;
    std::string state =
        "starting";      // "waiting for the lease of ...", "mirroring", "key refused", ...
    std::string lacks{}; // what keeps lists of the account from being read; "" where nothing does
    double pace = 0;     // requests per second, now
    double pace_limit = 0;
    std::uint64_t requests = 0;
    std::uint64_t throttled = 0;
    // In callmirror.rejected, from before as well; by resource.
    std::map<std::string, std::uint64_t> rejected{};
    api_traffic own_traffic{};       // what belongs to no list: the key's own user
    std::uint64_t waiting_bytes = 0; // of answers that are not decoded yet
    std::vector<list_view> lists;

    void enter(account_phase now, std::string in_words) {
        phase = now;
        state = std::move(in_words);
    }
};

} // namespace callmirror::engine

// What the database knows about an account: for the commands that show it. Blocking.
#pragma once

#include "sync/plan/timeline.hpp"
#include "sync/postgres/session.hpp"
#include "sync/providers/provider.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::daemon {

struct list_state {
    std::string resource;
    std::string scope;
    // Of the slices in question; the head doesn't count in the first three.
    std::uint64_t unread = 0;
    std::uint64_t hopeless = 0; // of them: failed again and again
    std::uint64_t due = 0;
    std::uint64_t records = 0;
    double share = 0;                         // of the time that slices cover, 0 to 1
    std::optional<utc_time> oldest;           // where the oldest slice begins
    std::optional<utc_time> whole_due_at{};   // without time axis: when it is to be read next
    std::optional<utc_time> reading;          // where the newest one that is not read begins
    std::optional<utc_time> complete_back_to; // end_of_time: nothing has been read yet
    std::uint64_t suspects = 0;               // that wait to be asked for, or for a second read
    std::uint64_t held = 0;                   // that wait for a word
    bool history_complete = false;
    std::optional<utc_time> head_read_at;
    bool aside = false;
    std::string aside_reason;
    std::string last_error;
    std::optional<utc_time> last_error_at;
    std::int32_t failures = 0; // in a row
    std::optional<int> first_page;
    std::optional<int> limit;
    std::uint64_t rejected = 0; // of the resource, whatever the scope
    std::optional<utc_time>
        newest_record; // the same; nullopt where there is none, or no such column
};

struct account_state {
    std::string name;
    std::string state; // "" where nobody has ever mirrored it
    std::string reason;
    double pace = 0; // learnt; 0: not yet
    std::vector<std::int64_t> companies;
    std::string holder; // who has the lease, or had it last
    bool held = false;  // now
    // No request before; nullopt where none has to wait. `quiet`: how long that is from now on, by
    // the database's clock.
    std::optional<utc_time> quiet_until;
    std::chrono::milliseconds quiet{0};
    std::vector<list_state> lists;
};

struct state_question {
    std::string account;
    const providers::platform* platform = nullptr;
    plan::time_range range;
    utc_time now;
    utc_time read_since = start_of_time; // earlier reads don't count
    bool newest_records = false;
};

// Within a transaction of the caller's. Throws as postgres::transaction does.
account_state read_state(postgres::transaction& within, const state_question& question);

// The same without the lists.
account_state read_account(postgres::transaction& within, const std::string& account);

} // namespace callmirror::daemon

// What one stretch of holding the lease consists of, for the files that make it up:
//   session.cpp        the lease, from taking it to giving it back
//   session_lists.cpp  which lists there are, and how they begin
//   session_work.cpp   what runs side by side, and which slice is next
//   session_once.cpp   one shot: whether all is done
// Nobody else includes this. One io thread.
#pragma once

#include "sync/engine/field_book.hpp"
#include "sync/engine/session.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::engine {

struct taken_lease {
    write::lease held;
    steady_time asked_at{0}; // the lease's time counts from here: what came after took its time
    std::chrono::milliseconds wait_before_request{0};
};

// One stretch of holding the lease.
struct session {
    session_ports ports;
    task_group tasks;
    signal committed;
    signal work_changed;
    signal orders_placed;
    gate requests;
    session_context context;
    write::account_row account;
    std::map<std::string, field_book, std::less<>> books; // by resource; before its lists
    std::vector<std::unique_ptr<list>> lists;
    plan::slice_id last_slice = 0;
    std::uint64_t requests_before; // of earlier sessions
    std::uint64_t throttled_before;
    std::size_t next_list = 0;      // takes turns
    bool companies_unknown = false; // the last look at the key's own user failed
    bool companies_refused = false; // by an answer, not by an outage
    bool suspects_done = false;
    std::vector<write::unfilled_columns> unfilled;
    bool columns_done = false;
    bool orders_wait = true; // as far as the last renewal of the lease knows
    bool all_done = false;
    bool gave_up = false; // one shot: some list that was left
    bool unreachable = false;

    session(const session_ports& given, const taken_lease& lease,
            const write::account_state& state);

    bool once() const { return ports.options.once.has_value(); }
    plan::time_range range() const {
        return once() ? ports.options.once->range : plan::time_range{};
    }

    // session.cpp
    awaitable<void> keep_lease();
    awaitable<void> save_account();
    void say_where_it_stands();
    write::commit_unit account_unit();
    awaitable<void> leave();
    void refresh_view(list& of);
    void refresh_pace();

    // session_lists.cpp
    awaitable<void> prepare(const write::account_state& state);
    awaitable<void> prepare_companies();
    awaitable<bool> find_companies();
    awaitable<void> follow_companies();
    void add_lists(const write::account_state& state);
    void add_list(const providers::resource& resource, const std::string& scope,
                  const write::account_state& state);
    write::listing_row learned_of(const providers::resource& resource, const std::string& scope,
                                  const write::account_state& state) const;
    plan::timeline timeline_of(const providers::resource& resource,
                               const write::listing_row& learned,
                               const write::account_state& state);
    awaitable<void> start_list(list& of, bool first_of_once);

    // session_work.cpp
    awaitable<void> follow_head(list& of);
    awaitable<void> read_slices(bool due_first);
    awaitable<void> follow_suspects();
    awaitable<bool> carry_out_agreed(list& of);
    awaitable<void> follow_orders();
    awaitable<void> follow_columns();
    awaitable<bool> plan_more();
    std::optional<std::pair<list*, plan::slice>> pick(plan::timeline::debt kind);
    utc_time next_due() const;
    bool has_its_keys(const list& of) const;

    // session_once.cpp
    awaitable<void> tell_outages_apart();
    bool outstanding(const list& of) const;
    bool unread(const list& of) const;
    bool is_open(const list& of) const;
    bool is_given_up(const list& of) const;
    void check_done();
    bool lacks_companies() const;
    awaitable<void> count_unanswered();
    bool read_in_part() const;
};

} // namespace callmirror::engine

// One stretch of holding an account's lease: from loading its state to giving the lease back.
#pragma once

#include "sync/engine/account.hpp"
#include "sync/engine/context.hpp"

namespace callmirror::engine {

struct session_ports {
    boost::asio::any_io_executor executor;
    clock& time;
    source& api;
    database& store;
    worker& decoding;
    const account_options& options;
    const report& say;
    account_view& view;
    steady_time& last_answer;            // of the API
    std::string& last_failure;           // of a request
    steady_time& quiet_until;            // no request before: the pace holds across sessions
    std::optional<utc_time>& once_begun; // one shot: when its first session began
    task_group*& running;                // set while the session runs, for stop()
    const bool& stop_asked;
    bool& loss_told; // it was said that the database is away, and not yet that it is back
};

// Ends with done or done_in_part for a one shot, stopped after stop(), held_elsewhere where
// somebody else has the lease. Throws write::database_lost, write::database_refused,
// write::lease_lost, session_over, key_refused.
awaitable<account_end> run_session(session_ports ports);

} // namespace callmirror::engine

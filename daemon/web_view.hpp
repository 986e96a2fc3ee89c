// What the daemon shows of itself to whoever asks over HTTP: one moment of it. Taken and read on
// the io thread, between two suspensions: the accounts' views are the engines' own.
#pragma once

#include "daemon/activity.hpp"
#include "daemon/process_figures.hpp"
#include "sync/engine/view.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::daemon {

struct web_view {
    utc_time now{};
    std::string_view version{};
    bool schema_ready = false;    // the database was there, and its schema was the right one
    std::string schema_trouble{}; // since: why it is not any more, and what to do
    bool stopping = false;
    std::size_t database_queue = 0; // jobs that wait
    std::vector<const engine::account_view*> accounts{};
    std::chrono::milliseconds poll_interval{30'000};
    const activity* recent = nullptr; // the last hour; null where nobody looked
    process_figures process{};
};

// "starting", "held_elsewhere", ...: for labels and style classes.
std::string_view name_of(engine::account_phase phase);

bool database_is_up(const web_view& view);

// Whether the mirror is at work, and why not, a line for each reason; ends with a newline.
// Ready means: the database is there with the right schema, and each account's lease is held here
// or by another process.
struct readiness {
    bool ready = false;
    std::string text{};
};
readiness readiness_of(const web_view& view);

} // namespace callmirror::daemon

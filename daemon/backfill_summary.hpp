// The last words of a backfill. Pure.
#pragma once

#include "daemon/exit_status.hpp"
#include "daemon/progress.hpp"
#include "sync/engine/account.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace callmirror::daemon {

struct account_outcome {
    std::string name;
    engine::account_end end = engine::account_end::stopped;
    std::string why;            // printable; "" where there is nothing to say
    std::uint64_t requests = 0; // the whole account's, those about its companies too
    bool elsewhere = false;     // another process did the work
    bool misconfigured = false; // nothing was asked: `why` says why
};

exit_status status_of(const account_outcome& of);

// What was read and written, how it ended, what is missing and why, and what to do.
std::string backfill_summary(const std::vector<progress_meter::totals>& lists,
                             const std::vector<account_outcome>& accounts,
                             std::chrono::milliseconds took);

} // namespace callmirror::daemon

// `callmirror backfill --plan`.
#pragma once

#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

namespace callmirror::daemon {

// Asks the API a few questions, and the database what it has; writes nothing to either.
exit_status plan_backfill(const command_line& line);

} // namespace callmirror::daemon

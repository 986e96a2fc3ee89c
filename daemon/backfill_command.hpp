// `callmirror backfill`.
#pragma once

#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

namespace callmirror::daemon {

exit_status backfill(const command_line& line);

} // namespace callmirror::daemon

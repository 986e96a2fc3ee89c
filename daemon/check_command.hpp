// `callmirror check`.
#pragma once

#include "daemon/exit_status.hpp"

#include <string>

namespace callmirror::daemon {

// Tries everything out and writes nothing; a line each to standard output.
exit_status check(const std::string& config_path);

} // namespace callmirror::daemon

// `callmirror status`.
#pragma once

#include "daemon/exit_status.hpp"

#include <string>

namespace callmirror::daemon {

// Asks the database alone, once.
exit_status show_status(const std::string& config_path, bool as_json);

} // namespace callmirror::daemon

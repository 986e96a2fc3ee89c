// `callmirror run`.
#pragma once

#include "daemon/exit_status.hpp"

#include <string>

namespace callmirror::daemon {

// Until a signal asks for its end, or every key is refused.
exit_status run_daemon(const std::string& config_path);

} // namespace callmirror::daemon

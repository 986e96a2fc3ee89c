// `callmirror fields`: what the API sends, as the mirror has seen it.
#pragma once

#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

namespace callmirror::daemon {

exit_status show_fields(const command_line& line);

} // namespace callmirror::daemon

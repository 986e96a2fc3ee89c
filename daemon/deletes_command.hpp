// `callmirror deletes`.
#pragma once

#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"

namespace callmirror::daemon {

// The mass deletions that wait for a word. Reads the database alone.
exit_status list_deletes(const command_line& line);

// Orders them to be carried out, and waits until they are: by the process that holds the account,
// or by this one where none does.
exit_status accept_deletes(const command_line& line);

} // namespace callmirror::daemon

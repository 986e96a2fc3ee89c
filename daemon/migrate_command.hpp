// `callmirror migrate`.
#pragma once

#include "daemon/exit_status.hpp"

#include <string>

namespace callmirror::daemon {

// Brings the schema up to date; tries once.
exit_status migrate(const std::string& config_path);

// The SQL of it, for psql, to standard output. Needs no database, and the configuration
// only for its [[columns]]: where there is none, it says so.
exit_status print_migrations(const std::string& config_path);

} // namespace callmirror::daemon

// `callmirror migrate`.
#pragma once

#include "daemon/exit_status.hpp"

#include <string>

namespace callmirror::daemon {

// Brings the schema up to date; tries once.
exit_status migrate(const std::string& config_path);

// The SQL of it, for psql, to standard output. Needs neither configuration nor database.
exit_status print_migrations();

} // namespace callmirror::daemon

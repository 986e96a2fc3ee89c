// What commands have in common that talk to the database alone. Blocking.
#pragma once

#include "daemon/exit_status.hpp"
#include "daemon/setup.hpp"
#include "sync/postgres/session.hpp"

#include <functional>
#include <string>

namespace callmirror::daemon {

// Loads the configuration, makes sure that the database has this program's schema, and does `work`.
// What fails is said on standard error, and becomes the exit status.
exit_status
with_database(const std::string& config_path,
              const std::function<exit_status(const database_setup&, postgres::session&)>& work);

// Says on standard error that the database is out of reach, where, and what to do about it.
exit_status fail_without_database(const postgres::database_lost& error);

} // namespace callmirror::daemon

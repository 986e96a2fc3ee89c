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

} // namespace callmirror::daemon

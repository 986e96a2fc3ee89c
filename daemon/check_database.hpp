// The database's part of `check`. Blocking; writes nothing.
#pragma once

#include "config/secret.hpp"
#include "daemon/findings.hpp"
#include "schema/own_columns.hpp"
#include "sync/base/time.hpp"

#include <string>
#include <vector>

namespace callmirror::daemon {

// `schema`: the mirror's. An outage is waited for as long as `patience`, and told at once.
void check_database(findings& to, const config::secret& url, const std::string& schema,
                    const std::vector<schema::own_column>& columns, steady_time patience);

} // namespace callmirror::daemon

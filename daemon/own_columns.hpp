// The operator's own columns, from the configuration to where they are wanted.
#pragma once

#include "config/settings.hpp"
#include "schema/own_columns.hpp"
#include "sync/providers/catalog.hpp"

#include <memory>
#include <string>
#include <vector>

namespace callmirror::daemon {

// The platforms with those columns.
std::shared_ptr<const providers::catalog> catalog_of(const config::settings& settings);

// For the database. `file`: the configuration, for messages.
std::vector<schema::own_column> columns_for_database(const config::settings& settings,
                                                     const std::string& file);

} // namespace callmirror::daemon

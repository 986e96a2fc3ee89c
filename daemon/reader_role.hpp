// The role callmirror_reader: reads the mirror and the views, for reports and dashboards.
#pragma once

#include "sync/postgres/conninfo.hpp"

#include <string>
#include <vector>

namespace callmirror::daemon {

struct reader_report {
    std::vector<std::string> done;   // SQL that was run
    std::vector<std::string> wanted; // SQL that this login may not run: none of it was
};

// Makes the role, unless it is there, and gives it what it lacks. The schema has to be up to date.
// Throws postgres::database_lost.
reader_report make_reader(const postgres::session_options& options, const std::string& schema);

} // namespace callmirror::daemon

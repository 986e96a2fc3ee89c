// Adds the operator's own columns to mirrored tables. How they are filled is the writer's business.
//
// ALTER TABLE ... ADD COLUMN without a default is done at once, but it waits for every question to
// the table that is under way, and all that come after wait for it: it is given up after a second.
// Then database_lost is thrown, and it is to be tried again.
#pragma once

#include "sync/postgres/conninfo.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace callmirror::schema {

// Names are plain identifiers, types those of providers::column_type_names.
struct own_column {
    std::string schema; // "snapcall"
    std::string table;
    std::string name;
    std::string type;
    std::string comment;
    std::string place; // in the configuration, for messages: "callmirror.toml:41"
};

// A table has another column of that name. Nothing was changed.
class column_taken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// All of these throw postgres::database_lost, postgres::database_refused (the role does not own the
// table), and the first two column_taken.

// Those that are not there yet: "calls.language". Changes nothing; a table that is not there yet
// will have none of them. `may_add`: whether this role may add them all.
struct pending_result {
    std::vector<std::string> columns;
    bool may_add = true;
};
pending_result pending_columns(const postgres::session_options& options,
                               const std::vector<own_column>& wanted);

// Adds those; "calls.language" for each. One table after the other.
std::vector<std::string> add_columns(const postgres::session_options& options,
                                     const std::vector<own_column>& wanted);

// The same for psql.
std::string print_columns(const std::vector<own_column>& wanted);

} // namespace callmirror::schema

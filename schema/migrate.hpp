// Brings the database's schema up to what this program knows. Forward only: there is no way back.
//
// Each migration is one transaction under an advisory lock, so that several processes may try at
// once and one may be killed at any point. A migration that was applied is known by its checksum.
// The views for people come after them, in a transaction of their own: see views.hpp.
#pragma once

#include "sync/postgres/conninfo.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace callmirror::schema {

// The database's schema is not one that this program may touch. Nothing was changed.
class schema_mismatch : public std::runtime_error {
public:
    enum class kind {
        newer,  // the database has a migration that this program does not know
        changed // an applied migration is not the one that this program has under its number
    };
    schema_mismatch(kind why, const std::string& text)
        : std::runtime_error(text)
        , why_(why) {}
    kind why() const { return why_; }

private:
    kind why_;
};

struct migration_report {
    int version_before = 0; // 0: there was no schema
    int version_after = 0;
    std::vector<std::string> applied; // file names, by this call; views as views/NAME.sql
};

// The version this program knows and needs.
int known_version();

// All of these throw postgres::database_lost or postgres::database_refused, and schema_mismatch.
// `options.statement_limit` is for each statement of a migration, and for the wait for another
// process that migrates: give it an hour.
migration_report migrate(const postgres::session_options& options);

// File names of what migrate() would apply. Changes nothing.
std::vector<std::string> pending(const postgres::session_options& options);

// The version that the database has; 0 where there is none.
int current_version(const postgres::session_options& options);

// What migrate() does to an empty database, for psql.
std::string print_sql();

} // namespace callmirror::schema

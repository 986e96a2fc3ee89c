// Puts the views of snapcall_bi in place, as schema/views defines them.
//
// Unlike a migration, a view's file may change from one release to the next: each is known by its
// checksum in callmirror.views and put in place again where that differs, and after a migration, as
// freshness and deletions are made from the tables that are there. `create or replace view`
// only lets columns be added at the end, so views of users that stand on it go on working; an older
// program that meets a view with more columns fails and changes nothing.
#pragma once

#include "sync/postgres/session.hpp"

#include <string>
#include <vector>

namespace callmirror::schema {

// File names of the views that are not in place as this program has them. Changes nothing.
std::vector<std::string> pending_views(postgres::transaction& within);

// Puts those in place; their file names. All migrations have to be applied.
std::vector<std::string> put_views(postgres::transaction& within);

// What put_views() does to a database that has none, for psql.
std::string print_views();

} // namespace callmirror::schema

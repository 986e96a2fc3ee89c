// What must hold in a mirror's database at every moment, whatever has just died.
#pragma once

#include "tests/support/postgres.hpp"

#include <string>

namespace callmirror::integration {

// What is wrong with the program's own state, a line each; "" where nothing is: slices cover their
// axis without gap or overlap, digests and suspects are those of a slice that is there, what was
// read has its digest, no record is there twice.
std::string inconsistencies(const tests::postgres_cluster& in, const std::string& database);

// Of every row of every table of the mirror and of the program's state, and of the schemas
// themselves: another one where anything was written.
std::string fingerprint(const tests::postgres_cluster& of, const std::string& database);

// Every change of a row in those tables is noted from now on, with the application_name of whoever
// made it: public.changes (who, what, at).
void note_changes(const tests::postgres_cluster& in, const std::string& database);

// As if so much time had passed that no process holds any account any more.
void let_leases_end(const tests::postgres_cluster& in, const std::string& database);

} // namespace callmirror::integration

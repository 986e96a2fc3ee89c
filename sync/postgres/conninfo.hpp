// A database address as an operator writes it, with what this program needs added.
// Pure and thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::postgres {

struct session_options {
    std::string url; // a libpq URI or "key=value ..."; several hosts are fine

    // The limit of each wait.
    std::chrono::seconds connect_limit{10};   // for each host; the URL's connect_timeout wins
    std::chrono::seconds statement_limit{30}; // the server ends a statement then
    std::chrono::seconds idle_limit{10};      // the server ends a transaction that waits for us
    // Beyond statement_limit, and for COMMIT, which no limit of the server covers: the socket is
    // closed when no answer has come for statement_limit and this.
    std::chrono::seconds answer_slack{5};
};

// The URL's own parameters and those that are missing in it: application name, UTF-8, connect and
// keep-alive limits. Only what a connection pooler passes on or ignores.
// Throws database_refused where libpq can't read the URL; its text has no part of the URL.
std::vector<std::pair<std::string, std::string>> connection_parameters(const session_options&);

// "db.example.org:5432/reporting", for messages: no user, no password.
std::string describe_target(const std::vector<std::pair<std::string, std::string>>& parameters);

} // namespace callmirror::postgres

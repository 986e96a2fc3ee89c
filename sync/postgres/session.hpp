// One connection to PostgreSQL, opened when it is needed and thrown away after any failure.
//
// Owned by one thread. Nothing is kept in the server between two transactions, so that a pooler in
// transaction mode (pgbouncer) may stand between. Every wait has a limit: see session_options.
#pragma once

#include "sync/postgres/conninfo.hpp"
#include "sync/postgres/errors.hpp"
#include "sync/postgres/parameters.hpp"

#include <pqxx/pqxx>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace callmirror::postgres {

// What can be done within a transaction. Everything throws database_lost, database_refused or
// data_error; after data_error a savepoint that was set can be gone back to.
class transaction {
public:
    // No parameters: `sql` may be several statements, and the last one's result is returned.
    pqxx::result run(const std::string& sql);
    pqxx::result run(const std::string& sql, const parameters& values);

    // COPY `copy_sql` ("copy t (a, b) from stdin") of `lines`, given out piece by piece until it
    // returns an empty one; whole lines of COPY's text format, in pieces of any size.
    void copy(const std::string& copy_sql, const std::function<std::string_view()>& lines);

private:
    friend class session;
    struct state;
    explicit transaction(state& owner)
        : state_(owner) {}
    state& state_;
};

class session {
public:
    // Opens nothing yet. Throws database_refused where libpq can't read the URL.
    explicit session(session_options options);
    ~session();
    session(session&&) noexcept;
    session& operator=(session&&) noexcept;

    // Runs `body` in one transaction (read committed) and commits it. Where body throws, it is
    // rolled back, and what was thrown goes on. `what` names it in errors: "take the lease".
    // An error at COMMIT is database_lost: the outcome is in doubt.
    void in_transaction(std::string_view what, const std::function<void(transaction&)>& body);

    // A statement that wants no transaction around it.
    void alone(std::string_view what, const std::string& sql);

    // Connects where it is not: otherwise the first call that needs it does.
    void connect();

    // The next call connects anew.
    void close() noexcept;

    const std::string& target() const; // "host:port/database", for messages

private:
    void begin(transaction& within);
    std::unique_ptr<transaction::state> state_;
};

} // namespace callmirror::postgres

// Opens a connection to PostgreSQL and hands it to libpqxx, with libpq's own handle kept beside it:
// the one place that knows which libpqxx this is (6.4 or 7.7.5 and newer).
#pragma once

#include <pqxx/pqxx>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pg_conn; // libpq's PGconn

namespace callmirror::postgres {

#if PQXX_VERSION_MAJOR >= 7
using connection_type = pqxx::connection;
#else
using connection_type = pqxx::connection_base; // never revives by itself
#endif

struct open_connection {
    std::shared_ptr<connection_type> connection;
    pg_conn* handle = nullptr; // owned by `connection`
};

// The SQLSTATE in a verbose message, "ERROR:  42501: permission denied ..."; "" where there is
// none.
std::string sqlstate_of(std::string_view message);

// Runs a statement with parameters.
pqxx::result execute(pqxx::transaction_base& work, const std::string& sql,
                     const std::vector<std::optional<std::string>>& values);

// Throws database_lost or database_refused.
open_connection connect(const std::vector<std::pair<std::string, std::string>>& parameters);

} // namespace callmirror::postgres

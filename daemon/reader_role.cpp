#include "daemon/reader_role.hpp"

#include "daemon/sql.hpp"
#include "sync/postgres/session.hpp"

namespace callmirror::daemon {
namespace {

constexpr const char* role = "callmirror_reader"; // as roles.sql names it unless told otherwise

std::vector<std::string> missing(postgres::transaction& within, const std::string& schema) {
    postgres::parameters values;
    values.add(schema);
    values.add(std::string(role));
    std::vector<std::string> statements;
    for (const auto& row : within.run(sql::reader_rights.text, values)) {
        statements.push_back(row[0].as<std::string>());
    }
    return statements;
}

} // namespace

reader_report make_reader(const postgres::session_options& options, const std::string& schema) {
    postgres::session session(options);
    std::vector<std::string> statements;
    const auto look = [&](postgres::transaction& within) { statements = missing(within, schema); };
    session.in_transaction("look for the role callmirror_reader", look);
    if (statements.empty()) {
        return {};
    }
    try {
        session.in_transaction("make the role callmirror_reader",
                               [&](postgres::transaction& within) {
                                   for (const auto& statement : statements) {
                                       within.run(statement);
                                   }
                               });
    } catch (const postgres::database_refused&) {
        return {.done = {}, .wanted = statements};
    } catch (const postgres::data_error&) { // another process made it in between
        session.in_transaction("look for the role callmirror_reader", look);
        return {.done = {}, .wanted = statements};
    }
    return {.done = statements, .wanted = {}};
}

} // namespace callmirror::daemon

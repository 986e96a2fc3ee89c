#include "daemon/check_database.hpp"

#include "daemon/clock.hpp"
#include "daemon/setup.hpp"
#include "daemon/sql.hpp"
#include "daemon/text_table.hpp"
#include "schema/migrate.hpp"
#include "sync/postgres/session.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <thread>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr steady_time longest_pause = 5s;

struct server {
    std::string version;
    std::string role;
    bool is_standby = false;
    bool has_schemas = false;
    bool may_make_schemas = false;
    bool may_migrate = false;
    std::string missing_rights; // SQL, a statement a line
};

server ask(postgres::session& session, const std::string& schema) {
    server found;
    session.in_transaction("look at the database", [&](postgres::transaction& within) {
        postgres::parameters values;
        values.add(schema);
        const auto rows = within.run(sql::server.text, values);
        found.version = rows[0]["version"].as<std::string>();
        found.role = rows[0]["role"].as<std::string>();
        found.is_standby = rows[0]["is_standby"].as<bool>();
        found.has_schemas = rows[0]["has_schemas"].as<bool>();
        found.may_make_schemas = rows[0]["may_make_schemas"].as<bool>();
        found.may_migrate = within.run(sql::may_migrate.text, values)[0][0].as<bool>() &&
                            (found.has_schemas || found.may_make_schemas);
        const auto missing = within.run(sql::missing_rights.text, values);
        for (const auto& row : missing) {
            found.missing_rights += row[0].as<std::string>() + '\n';
        }
    });
    return found;
}

// Again and again while the database is away; false where it stays so.
bool with_patience(findings& to, steady_time patience, const std::function<void()>& work) {
    const auto begun = steady_now();
    steady_time pause = 500ms;
    bool told = false;
    while (true) {
        try {
            work();
            return true;
        } catch (const postgres::database_lost& error) {
            if (steady_now() - begun >= patience) {
                to.fail(exit_status::unavailable, "database", error.what());
                return false;
            }
            if (!std::exchange(told, true)) {
                to.warn(
                    "database", error.what(),
                    "it is tried again for " +
                        format_duration(std::chrono::floor<std::chrono::milliseconds>(patience)));
            }
        }
        std::this_thread::sleep_for(std::min(pause, patience));
        pause = std::min(pause * 2, longest_pause);
    }
}

// nullopt where they can't be read for want of rights, which are told by themselves.
std::optional<std::vector<std::string>> pending_migrations(const postgres::session_options& options,
                                                           bool rights_are_missing) {
    try {
        return schema::pending(options);
    } catch (const postgres::database_refused&) {
        if (!rights_are_missing) {
            throw;
        }
        return std::nullopt;
    }
}

void judge_schema(findings& to, const server& found, const std::vector<std::string>& pending) {
    const auto version = std::to_string(schema::known_version());
    if (pending.empty()) {
        to.ok("schema", "version " + version + ", as it should be");
    } else if (found.may_migrate) {
        to.ok("schema", counted(pending.size(), "change") + " to version " + version +
                            " pending; `run` and `backfill` apply them");
    } else {
        to.fail(exit_status::refused, "schema",
                counted(pending.size(), "change") + " of it pending, and the role " + found.role +
                    " may not apply them",
                found.has_schemas
                    ? "run `callmirror migrate` with the login of the schemas' owner"
                    : "run roles.sql (share/callmirror) as a superuser, then `callmirror migrate` "
                      "as the owner");
    }
}

// The operator's own.
void judge_columns(findings& to, const server& found, const schema::pending_result& pending,
                   std::size_t wanted) {
    std::string names;
    for (const auto& each : pending.columns) {
        names += (names.empty() ? "" : ", ") + each;
    }
    if (wanted > 0 && names.empty()) {
        to.ok("columns", counted(wanted, "column") + " of your own, all there");
    } else if (!names.empty() && pending.may_add) {
        to.ok("columns", names + ": to be added; `run` and `backfill` do so");
    } else if (!names.empty()) {
        to.fail(exit_status::refused, "columns",
                names + ": to be added, and the role " + found.role + " may not",
                "run `callmirror migrate` with the login of the tables' owner");
    }
}

void judge(findings& to, const server& found, const std::string& target,
           const std::optional<std::vector<std::string>>& pending) {
    to.ok("database", "PostgreSQL " + found.version + " at " + target + ", as " + found.role);
    if (found.is_standby) {
        to.fail(exit_status::unavailable, "database", "it is a standby: nothing can be written",
                "with several hosts in the url, target_session_attrs=read-write finds the primary");
    }
    if (!found.missing_rights.empty()) {
        to.fail(exit_status::refused, "database rights", "some are missing; as their owner, run",
                found.missing_rights);
    } else if (found.has_schemas) {
        to.ok("database rights", "all there");
    }
    if (pending) {
        judge_schema(to, found, *pending);
    }
}

} // namespace

void check_database(findings& to, const config::secret& url, const std::string& schema,
                    const std::vector<schema::own_column>& columns, steady_time patience) {
    try {
        const auto options = database_options(url);
        postgres::session session(options);
        server found;
        std::optional<std::vector<std::string>> pending;
        schema::pending_result own;
        const bool there = with_patience(to, patience, [&] {
            found = ask(session, schema);
            pending = pending_migrations(options, !found.missing_rights.empty());
            own = schema::pending_columns(options, columns);
        });
        if (there) {
            judge(to, found, session.target(), pending);
            judge_columns(to, found, own, columns.size());
        }
    } catch (const postgres::database_refused& error) {
        to.fail(exit_status::refused, "database", error.what());
    } catch (const schema::column_taken& error) {
        to.fail(exit_status::configuration, "columns", error.what());
    } catch (const schema::schema_mismatch& error) {
        to.fail(exit_status::configuration, "schema", error.what());
    }
}

} // namespace callmirror::daemon

#include "daemon/migrate_command.hpp"

#include "config/load.hpp"
#include "daemon/database_command.hpp"
#include "daemon/own_columns.hpp"
#include "daemon/reader_role.hpp"
#include "daemon/setup.hpp"
#include "schema/migrate.hpp"
#include "sync/base/text.hpp"
#include "sync/postgres/errors.hpp"

#include <cstdio>
#include <filesystem>
#include <thread>

namespace callmirror::daemon {
namespace {

constexpr std::chrono::seconds pause_between_tries{1};
constexpr std::chrono::hours migration_limit{1}; // of one statement

exit_status fail(exit_status status, const std::string& text) {
    std::fprintf(stderr, "callmirror: %s\n", text.c_str());
    return status;
}

// Questions that keep a column from being added end some time.
std::vector<std::string> add_patiently(const postgres::session_options& options,
                                       const std::vector<schema::own_column>& columns) {
    constexpr int most_tries = 30;
    for (int tries = 1;; ++tries) {
        try {
            return schema::add_columns(options, columns);
        } catch (const postgres::database_lost& error) {
            if (tries == most_tries) {
                throw;
            }
            if (tries == 1) {
                std::fprintf(stderr, "%s; it is tried again\n", error.what());
            }
        }
        std::this_thread::sleep_for(pause_between_tries); // others have their turn
    }
}

void tell(const reader_report& reader) {
    if (!reader.done.empty()) {
        std::puts("the role callmirror_reader may read the mirror and its views, and nothing else");
    }
    if (reader.wanted.empty()) {
        return;
    }
    std::puts("for reports and dashboards, run as a superuser:");
    for (const auto& statement : reader.wanted) {
        std::printf("    %s;\n", statement.c_str());
    }
}

} // namespace

exit_status print_migrations(const std::string& config_path) {
    auto text = schema::print_sql();
    std::error_code ignored;
    if (std::filesystem::exists(config_path, ignored)) {
        const auto loaded = config::load(config_path);
        if (const auto* wrong = std::get_if<config::mistakes>(&loaded)) {
            std::fputs(wrong->to_text().c_str(), stderr);
            return exit_status::configuration;
        }
        text += schema::print_columns(
            columns_for_database(std::get<config::settings>(loaded), config_path));
    } else {
        text += "\n-- There is no " + printable(config_path) +
                ": columns of its [[columns]], if "
                "any, are not among these.\n";
    }
    std::fputs(text.c_str(), stdout);
    return exit_status::done;
}

exit_status migrate(const std::string& config_path) {
    const auto loaded = load_database_setup(config_path);
    if (const auto* wrong = std::get_if<std::string>(&loaded)) {
        std::fputs(wrong->c_str(), stderr);
        return exit_status::configuration;
    }
    try {
        const auto& [settings, url] = std::get<database_setup>(loaded);
        const auto columns = columns_for_database(settings, config_path);
        const auto options = database_options(url, migration_limit);
        schema::pending_columns(options, columns); // throws for one that is taken
        const auto report = schema::migrate(options);
        std::size_t views = 0;
        for (const auto& file : report.applied) {
            if (file.starts_with("views/")) {
                ++views;
            } else {
                std::printf("applied %s\n", file.c_str());
            }
        }
        if (views > 0) {
            std::printf("put %zu views in place\n", views);
        }
        std::printf("the schema is version %d%s\n", report.version_after,
                    report.applied.empty() ? ", as it was" : "");
        for (const auto& column : add_patiently(database_options(url), columns)) {
            std::printf("added the column %s; `run` and `backfill` fill it for rows that are "
                        "there\n",
                        column.c_str());
        }
        tell(make_reader(options, "snapcall"));
        return exit_status::done;
    } catch (const postgres::database_lost& error) {
        return fail(exit_status::unavailable, error.what());
    } catch (const postgres::database_refused& error) {
        return fail(exit_status::refused, error.what());
    } catch (const schema::column_taken& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return exit_status::configuration;
    } catch (const schema::schema_mismatch& error) {
        return fail(exit_status::configuration, error.what());
    }
}

} // namespace callmirror::daemon

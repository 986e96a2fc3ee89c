#include "daemon/migrate_command.hpp"

#include "daemon/reader_role.hpp"
#include "daemon/setup.hpp"
#include "schema/migrate.hpp"
#include "sync/postgres/errors.hpp"

#include <cstdio>

namespace callmirror::daemon {
namespace {

constexpr std::chrono::hours migration_limit{1}; // of one statement

exit_status fail(exit_status status, const std::string& text) {
    std::fprintf(stderr, "callmirror: %s\n", text.c_str());
    return status;
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

exit_status print_migrations() {
    std::fputs(schema::print_sql().c_str(), stdout);
    return exit_status::done;
}

exit_status migrate(const std::string& config_path) {
    const auto loaded = load_database_setup(config_path);
    if (const auto* wrong = std::get_if<std::string>(&loaded)) {
        std::fputs(wrong->c_str(), stderr);
        return exit_status::configuration;
    }
    try {
        const auto options =
            database_options(std::get<database_setup>(loaded).url, migration_limit);
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
        tell(make_reader(options, "snapcall"));
        return exit_status::done;
    } catch (const postgres::database_lost& error) {
        return fail(exit_status::unavailable, error.what());
    } catch (const postgres::database_refused& error) {
        return fail(exit_status::refused, error.what());
    } catch (const schema::schema_mismatch& error) {
        return fail(exit_status::configuration, error.what());
    }
}

} // namespace callmirror::daemon

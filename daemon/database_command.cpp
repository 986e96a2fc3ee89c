#include "daemon/database_command.hpp"

#include "schema/migrate.hpp"
#include "schema/own_columns.hpp"

#include <cstdio>

namespace callmirror::daemon {
namespace {

exit_status fail(exit_status status, const std::string& text) {
    std::fprintf(stderr, "callmirror: %s\n", text.c_str());
    return status;
}

} // namespace

exit_status
with_database(const std::string& config_path,
              const std::function<exit_status(const database_setup&, postgres::session&)>& work) {
    const auto loaded = load_database_setup(config_path);
    if (const auto* wrong = std::get_if<std::string>(&loaded)) {
        std::fputs(wrong->c_str(), stderr);
        return exit_status::configuration;
    }
    const auto& all = std::get<database_setup>(loaded);
    try {
        const auto options = database_options(all.url);
        const int version = schema::current_version(options);
        if (version != schema::known_version()) {
            return fail(exit_status::in_part,
                        std::string(version == 0 ? "the database has no schema of callmirror's yet"
                                                 : "the database's schema is not up to date yet") +
                            "\n  hint: `callmirror migrate` makes it; so do `callmirror run` and "
                            "`callmirror backfill`");
        }
        postgres::session session(options);
        return work(all, session);
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

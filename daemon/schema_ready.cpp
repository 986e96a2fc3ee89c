#include "daemon/schema_ready.hpp"

#include "daemon/on_thread.hpp"
#include "daemon/reader_role.hpp"
#include "schema/migrate.hpp"
#include "sync/postgres/errors.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto migration_limit = 1h; // of one statement
constexpr steady_time first_pause = 500ms;
constexpr steady_time longest_pause = 5s;

struct attempt {
    schema_result result;
    std::string lost; // "" where the database answered
};

// `applied`: by earlier tries, which lost the database after it.
attempt try_once(const config::secret& url, const std::vector<schema::own_column>& columns,
                 std::vector<std::string> applied, std::atomic<bool>& answers) {
    attempt made;
    made.result.applied = std::move(applied);
    try {
        // Changes nothing, so a database that does not answer is not waited for as a migration is.
        const bool is_current = schema::pending(database_options(url)).empty();
        answers = true;
        schema::pending_columns(database_options(url), columns); // throws for one that is taken
        if (!is_current) {
            const auto report = schema::migrate(database_options(url, migration_limit));
            std::ranges::copy(report.applied, std::back_inserter(made.result.applied));
        }
        made.result.version = schema::known_version();
        if (!made.result.applied.empty()) { // what it may not grant, `migrate` prints
            make_reader(database_options(url), "snapcall");
        }
        try {
            for (const auto& added : schema::add_columns(database_options(url), columns)) {
                made.result.applied.push_back("column " + added);
            }
        } catch (const postgres::database_refused&) {
            made.result.columns_refused = true;
            throw;
        }
    } catch (const schema::column_taken& error) {
        made.result.status = exit_status::configuration;
        made.result.columns_refused = true;
        made.result.why = error.what();
    } catch (const postgres::database_lost& error) {
        made.lost = error.what();
        answers = false;
    } catch (const postgres::database_refused& error) {
        made.result.status = exit_status::refused;
        made.result.why = error.what();
    } catch (const schema::schema_mismatch& error) {
        made.result.status = exit_status::configuration;
        made.result.why = error.what();
    }
    return made;
}

} // namespace

engine::awaitable<schema_result>
make_schema_ready(const boost::asio::any_io_executor& executor, engine::task_group& tasks,
                  const config::secret& url, const std::vector<schema::own_column>& columns,
                  std::optional<steady_time> patience, const engine::report& say,
                  std::atomic<bool>& answers, const interruption* early) {
    const auto begun = tasks.time().now();
    auto pause = first_pause;
    bool said = false;
    attempt last;
    answers = false;
    const std::function<void()> work = [&] {
        last = try_once(url, columns, std::move(last.result.applied), answers);
    };
    while (true) {
        co_await on_thread(executor, work);
        if (last.lost.empty()) {
            if (said && last.result.status == exit_status::done) {
                say(engine::level::info, "the database is back");
            }
            co_return last.result;
        }
        const auto now = tasks.time().now();
        if (patience && now - begun >= *patience) {
            last.result.status = exit_status::unavailable;
            last.result.why = last.lost;
            co_return last.result;
        }
        if (!said) {
            say(engine::level::warning, last.lost + "; it is tried again");
            said = true;
        }
        bool goes_on = !tasks.stopping();
        if (!early) {
            goes_on = co_await tasks.sleep_until(now + pause);
        } else if (goes_on && !early->asked()) {
            goes_on = co_await early->woken.wait_until(now + pause);
        }
        last.result.stopped = !goes_on;
        last.result.interrupted = early && early->asked();
        if (last.result.stopped || last.result.interrupted) {
            co_return last.result;
        }
        pause = std::min(pause * 2, longest_pause);
    }
}

std::string schema_trouble(const config::secret& url) {
    try {
        const int version = schema::current_version(database_options(url));
        if (version == schema::known_version()) {
            return {};
        }
        return "the database's schema is version " + std::to_string(version) +
               ", this program needs " + std::to_string(schema::known_version()) +
               "\nhint: was a backup restored meanwhile? Start callmirror again: it migrates";
    } catch (const schema::schema_mismatch& error) {
        return error.what();
    }
}

} // namespace callmirror::daemon

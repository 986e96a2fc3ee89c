#include "daemon/plan_command.hpp"

#include "daemon/clock.hpp"
#include "daemon/estimate.hpp"
#include "daemon/log.hpp"
#include "daemon/mirror_state.hpp"
#include "daemon/narrowed_setup.hpp"
#include "daemon/run_to_end.hpp"
#include "schema/migrate.hpp"
#include "sync/base/text.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <random>
#include <stdexcept>

namespace callmirror::daemon {
namespace {

// What is mirrored already; where that can't be told, nothing is, it is said why, and `status` says
// so too.
account_state known_of(const setup& all, const config::account_settings& account,
                       const plan::time_range& range, const engine::report& say,
                       exit_status& status) {
    account_state state;
    const auto count_without = [&](exit_status why, const std::exception& error) {
        status = why;
        say(engine::level::warning,
            std::string(error.what()) + "; the plan counts as if nothing were mirrored");
    };
    const auto options = database_options(all.database_url);
    try {
        if (schema::current_version(options) == 0) {
            return state;
        }
        postgres::session session(options);
        session.in_transaction("look at the mirror", [&](postgres::transaction& within) {
            state = read_state(within, {.account = account.name,
                                        .platform = providers::find_platform(account.provider),
                                        .range = range,
                                        .now = utc_now()});
        });
    } catch (const postgres::database_lost& error) {
        count_without(exit_status::unavailable, error);
    } catch (const postgres::database_refused& error) {
        count_without(exit_status::refused, error);
    } catch (const schema::schema_mismatch& error) {
        count_without(exit_status::configuration, error);
    } catch (
        const std::runtime_error& error) { // of an older version: `backfill` brings it up to date
        count_without(exit_status::done, error);
    }
    return state;
}

std::uint64_t mirrored_of(const account_state& known, const std::string& list) {
    const auto found = std::ranges::find_if(known.lists, [&](const auto& each) {
        return list == list_name(each.resource, each.scope);
    });
    return found == known.lists.end() ? 0 : found->records;
}

engine::awaitable<exit_status> plan_account(const boost::asio::any_io_executor& executor,
                                            engine::task_group& tasks, const setup& all,
                                            const account_setup& of, plan::time_range range,
                                            const engine::report& say) {
    auto database_status = exit_status::done;
    const auto known = known_of(all, of.settings, range, say, database_status);
    if (range.from == start_of_time && of.settings.history_start) {
        range.from = *of.settings.history_start;
    }
    api_probe api(executor, tasks, of, known, all.settings.sync.give_up_after, say);
    std::vector<std::int64_t> companies;
    const auto self = co_await api.find_companies(companies);
    auto status = exit_status::done;
    std::vector<list_estimate> estimates;
    auto lists = lists_of(api, companies);
    if (self.what == fetch::verdict::unauthorized) {
        lists.clear(); // nothing more may be asked with this key
        status = exit_status::refused;
        say(engine::level::error, "the API refuses the key: " + self.text);
    } else if (self.what == fetch::verdict::throttled) { // for good
        lists.clear();
        status = exit_status::unavailable;
        say(engine::level::error, of.settings.base_url + ": " + self.text);
    } else if (companies.empty()) {
        say(engine::level::warning, "no company is known; name them with companies = [...]");
    }
    const bool all_wanted = of.settings.resources.empty(); // as far as the key may read
    for (auto& list : lists) {
        auto estimate = co_await estimate_list(list, range);
        estimate.mirrored = mirrored_of(known, estimate.list);
        status = worst(status, estimate.refused       ? exit_status::refused
                               : estimate.unreachable ? exit_status::unavailable
                               : !estimate.problem.empty() && !(estimate.aside && all_wanted)
                                   ? exit_status::in_part
                                   : exit_status::done);
        estimates.push_back(std::move(estimate));
        if (status == exit_status::refused || status == exit_status::unavailable) {
            break;
        }
    }
    if (status == exit_status::done || status == exit_status::in_part) {
        for (const auto* each : without_list(of.settings)) {
            auto estimate = estimate_by_key(*each, estimates);
            estimate.mirrored = mirrored_of(known, estimate.list);
            estimates.push_back(std::move(estimate));
        }
    }
    const auto text = plan_text(of.settings.name, estimates, api.rate(), api.requests());
    std::fputs(text.c_str(), stdout);
    co_return worst(status, database_status);
}

engine::awaitable<exit_status> plan_all(const boost::asio::any_io_executor& executor,
                                        engine::task_group& tasks, const setup& all,
                                        plan::time_range range, log& to) {
    auto status = exit_status::done;
    for (const auto& account : all.accounts) {
        const auto say = to.report_for(account.settings.name);
        try {
            const auto one = co_await plan_account(executor, tasks, all, account, range, say);
            status = worst(status, one);
        } catch (const std::invalid_argument& error) { // a ca_file that can't be used
            say(engine::level::error, error.what());
            status = worst(status, exit_status::configuration);
        }
    }
    co_return status;
}

} // namespace

exit_status plan_backfill(const command_line& line) {
    auto loaded = load_narrowed_setup(line);
    if (const auto* failed = std::get_if<setup_failure>(&loaded)) {
        std::fputs(failed->text.c_str(), stderr);
        return failed->status;
    }
    const auto& all = std::get<setup>(loaded);
    boost::asio::io_context io(1);
    asio_clock clock(io.get_executor(), std::random_device{}());
    engine::task_group tasks(io.get_executor(), clock); // nothing stops it but Ctrl-C, at once
    log to;
    to.configure(all.settings.log);
    const plan::time_range range{line.from.value_or(start_of_time), line.to.value_or(end_of_time)};
    const boost::asio::any_io_executor executor = io.get_executor();
    return run_to_end(io, plan_all(executor, tasks, all, range, to));
}

} // namespace callmirror::daemon

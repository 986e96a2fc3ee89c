#include "daemon/check_command.hpp"

#include "config/load.hpp"
#include "config/read_secret.hpp"
#include "daemon/api_probe.hpp"
#include "daemon/check_database.hpp"
#include "daemon/clock.hpp"
#include "daemon/findings.hpp"
#include "daemon/log.hpp"
#include "daemon/own_columns.hpp"
#include "daemon/run_to_end.hpp"
#include "daemon/text_table.hpp"
#include "schema/migrate.hpp"
#include "sync/providers/provider.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <random>

namespace callmirror::daemon {
namespace {

// The secret, or a finding.
std::optional<config::secret> take(findings& to, const std::string& about,
                                   config::secret_result result) {
    if (auto* found = std::get_if<config::secret>(&result)) {
        return std::move(*found);
    }
    const auto& error = std::get<config::secret_error>(result);
    to.fail(exit_status::configuration, about, error.text, error.hint);
    return std::nullopt;
}

bool is_aside(fetch::verdict what) {
    return what == fetch::verdict::forbidden || what == fetch::verdict::not_found;
}

exit_status status_for(fetch::verdict what) {
    if (what == fetch::verdict::unauthorized) {
        return exit_status::refused;
    }
    const bool answered = what == fetch::verdict::bad_page || what == fetch::verdict::bad_request ||
                          what == fetch::verdict::redirected || what == fetch::verdict::too_large;
    return answered ? exit_status::in_part : exit_status::unavailable;
}

std::string hint_for(const probe_problem& problem) {
    switch (problem.what) {
    case fetch::verdict::unauthorized:
        return "the API refuses the key: make a new one at the provider, and check auth = "
               "\"basic\" "
               "or \"bearer\"";
    case fetch::verdict::redirected:
        return "redirects are not followed; is base_url right?";
    default:
        return "";
    }
}

// The key's own user: proves host, TLS and key. False where nothing more may be asked.
bool judge_self(findings& to, const probe_problem& problem, const config::account_settings& account,
                const std::vector<std::int64_t>& companies) {
    const auto about = account.name + ": API";
    if (problem.what != fetch::verdict::ok && !is_aside(problem.what)) {
        to.fail(status_for(problem.what), about, account.base_url + ": " + problem.text,
                hint_for(problem));
        return false;
    }
    std::string text = account.base_url + " answers, the key is accepted";
    for (std::size_t i = 0; i < companies.size(); ++i) {
        text += (i == 0 ? "; company " : ", ") + std::to_string(companies[i]);
    }
    if (companies.empty()) {
        to.warn(about,
                text + "; no company is known (" +
                    (problem.what == fetch::verdict::ok ? "the key's own user names none"
                                                        : problem.text) +
                    ")",
                "name them with companies = [...]: streams are read by company");
    } else {
        to.ok(about, text);
    }
    return true;
}

void judge_list(findings& to, const probe_problem& problem, const list_probe& list,
                const config::account_settings& account) {
    const auto about = account.name + ": " + list.name();
    if (problem.what == fetch::verdict::ok) {
        const auto served = list.served();
        to.ok(about, served == 0 ? "readable; empty so far"
                                 : "readable; " + counted(served, "record") + " on a page");
    } else if (is_aside(problem.what)) {
        to.warn(about, "not readable with this key: " + problem.text,
                "it is left out, and tried again every hour; an administrator's key sees more, or "
                "leave it out of resources = [...]");
    } else {
        to.fail(status_for(problem.what), about, problem.text, hint_for(problem));
    }
}

// What the database knows of an account's pace. Where it can't be read, check_database has said so.
account_state known_of(std::optional<postgres::session_options>& database,
                       const std::string& account) {
    account_state known;
    try {
        if (database && schema::current_version(*database) > 0) {
            postgres::session session(*database);
            session.in_transaction("look at the account", [&](postgres::transaction& within) {
                known = read_account(within, account);
            });
        }
    } catch (const std::runtime_error&) {
        database.reset(); // once is enough to wait for
    }
    return known;
}

engine::awaitable<exit_status> check_account(const boost::asio::any_io_executor& executor,
                                             engine::task_group& tasks, const account_setup& of,
                                             const account_state& known, steady_time patience,
                                             log& told, findings& to) {
    try {
        api_probe api(executor, tasks, of, known, patience, told.report_for(of.settings.name));
        std::vector<std::int64_t> companies;
        const auto self = co_await api.find_companies(companies);
        if (!judge_self(to, self, of.settings, companies)) {
            co_return to.worst_status();
        }
        for (const auto* each : without_list(of.settings)) {
            to.ok(of.settings.name + ": " + std::string(each->name),
                  "has no list: asked for one by one, by " + std::string(each->keys_from.table) +
                      "." + std::string(each->keys_from.column));
        }
        auto lists = lists_of(api, companies);
        for (auto& list : lists) {
            const auto problem = co_await list.learn();
            judge_list(to, problem, list, of.settings);
            if (problem.what == fetch::verdict::unauthorized) {
                break;
            }
        }
    } catch (const std::invalid_argument& error) { // the ca_file
        to.fail(exit_status::configuration, of.settings.name + ": API", error.what());
    }
    co_return to.worst_status();
}

void check_accounts(findings& to, const config::settings& settings,
                    const std::vector<account_setup>& accounts,
                    std::optional<postgres::session_options> database) {
    log told;
    told.configure(settings.log);
    for (const auto& account : accounts) {
        boost::asio::io_context io(1);
        asio_clock clock(io.get_executor(), std::random_device{}());
        engine::task_group tasks(io.get_executor(), clock);
        const boost::asio::any_io_executor executor = io.get_executor();
        const auto known = known_of(database, account.settings.name);
        run_to_end(io, check_account(executor, tasks, account, known, settings.sync.give_up_after,
                                     told, to));
    }
}

} // namespace

exit_status check(const std::string& config_path) {
    findings all;
    const auto loaded = config::load(config_path);
    if (const auto* mistakes = std::get_if<config::mistakes>(&loaded)) {
        all.fail(exit_status::configuration, "configuration", mistakes->to_text());
        return all.worst_status();
    }
    const auto& settings = std::get<config::settings>(loaded);
    all.ok("configuration", config_path + ": " + counted(settings.accounts.size(), "account"));
    std::vector<account_setup> accounts;
    for (const auto& account : settings.accounts) {
        const auto about = account.name + ": key";
        if (auto key = take(all, about, config::read_api_key(account))) {
            all.ok(about, "can be read, and by nobody who should not");
            accounts.push_back({account, std::move(*key)});
        }
    }
    std::optional<postgres::session_options> database;
    const auto url = take(all, "database", config::read_database_url(settings.database));
    if (const auto mistake = url ? mistake_in_url(*url) : ""; !mistake.empty()) {
        all.fail(exit_status::configuration, "database", mistake);
    } else if (url) {
        // A platform's name is its mirror's schema.
        check_database(all, *url, settings.accounts.front().provider,
                       columns_for_database(settings, config_path), settings.sync.give_up_after);
        database = database_options(*url);
    }
    check_accounts(all, settings, accounts, database);
    std::printf("%s\n", all.conclusion().c_str());
    return all.worst_status();
}

} // namespace callmirror::daemon

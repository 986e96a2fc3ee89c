#include "daemon/deletes_command.hpp"

#include "config/read_secret.hpp"
#include "daemon/clock.hpp"
#include "daemon/database_command.hpp"
#include "daemon/database_lanes.hpp"
#include "daemon/decode_thread.hpp"
#include "daemon/held_deletes.hpp"
#include "daemon/http_source.hpp"
#include "daemon/mirror.hpp"
#include "daemon/narrow.hpp"
#include "daemon/on_thread.hpp"
#include "daemon/own_columns.hpp"
#include "daemon/run_to_end.hpp"
#include "daemon/sql.hpp"
#include "daemon/text_table.hpp"
#include "sync/engine/tasks.hpp"
#include "sync/write/postgres_store.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <random>
#include <set>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr steady_time looked_every = 500ms;

std::vector<held_slice> held_of(postgres::session& session, const std::string& account,
                                const std::vector<std::string>& resources) {
    std::vector<held_slice> held;
    session.in_transaction("look for held deletions", [&](postgres::transaction& within) {
        held = read_held(within, account, resources);
    });
    return held;
}

std::vector<std::int64_t> place_orders(const database_setup& all, const std::string& account,
                                       const std::vector<held_slice>& held) {
    write::postgres_store store(database_options(all.url));
    std::set<std::string> resources;
    for (const auto& each : held) {
        resources.insert(each.resource);
    }
    std::vector<std::int64_t> orders;
    for (const auto& resource : resources) {
        orders.push_back(
            store.place_order(account, {.id = 0, .kind = "accept_deletes", .resource = resource}));
    }
    return orders;
}

bool are_done(postgres::session& session, const std::string& account,
              const std::vector<std::int64_t>& orders) {
    bool done = true;
    session.in_transaction("look for the orders", [&](postgres::transaction& within) {
        for (const auto order : orders) {
            postgres::parameters values;
            values.add(account).add(order);
            const auto rows = within.run(sql::order_is_done.text, values);
            done = done && (rows.empty() || rows[0][0].as<bool>());
        }
    });
    return done;
}

// Offers this process as the account's holder until the orders are done. Where another process has
// the lease, it does them, and this one is never let in.
engine::awaitable<exit_status> see_done(boost::asio::io_context& io, engine::task_group& tasks,
                                        const database_setup& all, const account_setup& of,
                                        const std::vector<std::int64_t>& orders, log& told) {
    const boost::asio::any_io_executor executor = io.get_executor();
    database_lanes lanes(executor, 1, [url = all.url] {
        return std::make_unique<write::postgres_store>(database_options(url));
    });
    decode_thread decoding(executor);
    const mirror_ports ports{.executor = executor,
                             .time = tasks.time(),
                             .store = lanes,
                             .decoding = decoding,
                             .to = told,
                             .holder = make_holder(tasks.time().chance()),
                             .poll_interval = all.settings.sync.poll_interval,
                             .catalog = catalog_of(all.settings)};
    mirror here(ports, of);
    auto end = engine::account_end::stopped;
    bool ended = false;
    const auto run = [&]() -> engine::awaitable<void> {
        end = co_await here.run();
        ended = true;
    };
    tasks.spawn("account", run());
    postgres::session session(database_options(all.url));
    bool done = false;
    std::string lost;
    const std::function<void()> look = [&] {
        try {
            done = are_done(session, of.settings.name, orders);
        } catch (const postgres::database_lost& error) {
            lost = error.what();
        }
    };
    const auto until = tasks.time().now() + all.settings.sync.give_up_after;
    while (!done && !ended && tasks.time().now() < until) {
        co_await tasks.sleep_until(tasks.time().now() + looked_every);
        co_await on_thread(executor, look);
    }
    here.stop();
    here.cut();
    co_await tasks.join();
    if (!done) {
        const auto why = here.why().empty() ? lost : here.why();
        std::fprintf(stderr, "%s: the order stands, but is not carried out yet%s%s\n",
                     of.settings.name.c_str(), why.empty() ? "" : ": ", why.c_str());
    }
    const bool refused =
        end == engine::account_end::key_refused || end == engine::account_end::database_refused;
    co_return done ? exit_status::done : refused ? exit_status::refused : exit_status::unavailable;
}

exit_status accept_for(const database_setup& all, postgres::session& session,
                       const config::account_settings& account, const command_line& line) {
    // What would keep it from carrying one out is said where none waits, too.
    auto key = config::read_api_key(account);
    if (const auto* error = std::get_if<config::secret_error>(&key)) {
        std::fprintf(stderr, "%s\n", error->text.c_str());
        return exit_status::configuration;
    }
    log told;
    told.configure({.level = config::log_level::warn, .format = all.settings.log.format});
    boost::asio::io_context io(1);
    asio_clock clock(io.get_executor(), std::random_device{}());
    engine::task_group tasks(io.get_executor(), clock);
    const account_setup of{account, std::get<config::secret>(std::move(key))};
    try {
        const http_source usable(io.get_executor(), of.settings, of.key);
    } catch (const std::invalid_argument& error) { // the ca_file
        std::fprintf(stderr, "%s: %s\n", account.name.c_str(), error.what());
        return exit_status::configuration;
    }
    const auto held = held_of(session, account.name, line.resources);
    if (held.empty()) {
        std::printf("%s: no deletion waits for a word\n", account.name.c_str());
        return exit_status::done;
    }
    // It may be this process that writes the account's rows for a while.
    schema::add_columns(database_options(all.url), columns_for_database(all.settings, line.config));
    const auto orders = place_orders(all, account.name, held);
    const auto status = run_to_end(io, see_done(io, tasks, all, of, orders, told));
    if (status == exit_status::done) {
        const auto left = sum_of(held_of(session, account.name, line.resources));
        const auto before = sum_of(held);
        std::printf("%s: %s carried out\n", account.name.c_str(),
                    counted(before - std::min(before, left), "deletion").c_str());
    }
    return status;
}

exit_status
for_each_account(const command_line& line,
                 const std::function<exit_status(const database_setup&, postgres::session&,
                                                 const config::account_settings&)>& work) {
    return with_database(line.config, [&](const database_setup& all, postgres::session& session) {
        const auto left = narrow(all.settings.accounts, line.accounts, line.resources);
        if (const auto* wrong = std::get_if<std::string>(&left)) {
            std::fprintf(stderr, "callmirror: %s\n", wrong->c_str());
            return exit_status::usage;
        }
        auto status = exit_status::done;
        for (const auto& account : std::get<std::vector<config::account_settings>>(left)) {
            status = worst(status, work(all, session, account));
        }
        return status;
    });
}

} // namespace

exit_status list_deletes(const command_line& line) {
    std::vector<held_slice> all;
    const auto status =
        for_each_account(line, [&](const database_setup&, postgres::session& session,
                                   const config::account_settings& account) {
            const auto held = held_of(session, account.name, line.resources);
            all.insert(all.end(), held.begin(), held.end());
            return exit_status::done;
        });
    if (status == exit_status::done) {
        std::fputs(held_text(all, utc_now()).c_str(), stdout);
    }
    return status;
}

exit_status accept_deletes(const command_line& line) {
    return for_each_account(line, [&](const database_setup& all, postgres::session& session,
                                      const config::account_settings& account) {
        return accept_for(all, session, account, line);
    });
}

} // namespace callmirror::daemon

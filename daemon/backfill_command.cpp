#include "daemon/backfill_command.hpp"

#include "daemon/backfill_summary.hpp"
#include "daemon/clock.hpp"
#include "daemon/database_lanes.hpp"
#include "daemon/decode_thread.hpp"
#include "daemon/elsewhere.hpp"
#include "daemon/mirror.hpp"
#include "daemon/narrowed_setup.hpp"
#include "daemon/own_columns.hpp"
#include "daemon/progress_display.hpp"
#include "daemon/run_to_end.hpp"
#include "daemon/schema_ready.hpp"
#include "daemon/stop_signals.hpp"
#include "sync/write/postgres_store.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t database_connections = 3;
constexpr steady_time sampled_every = 250ms; // for the rates
constexpr steady_time answers_awaited = 1s;  // after Ctrl-C, before they are given up

// One account's part of the work.
struct job {
    account_setup of;
    std::unique_ptr<mirror> here;     // where this process does it
    std::unique_ptr<elsewhere> there; // where another one does
    const engine::account_view* shown = nullptr;
    account_outcome outcome;
    bool ended = false;
};

// One io thread: the one that made it.
class backfill_process {
public:
    backfill_process(const command_line& line, setup loaded);
    exit_status run() { return run_to_end(io_, supervise()); }

private:
    engine::awaitable<exit_status> supervise();
    engine::awaitable<exit_status> read_all();
    engine::awaitable<void> follow(job* which, mirror_ports ports);
    engine::awaitable<void> do_job(job& of, const mirror_ports& ports);
    engine::awaitable<void> show_progress();
    engine::awaitable<void> cut_when_stopped();
    void sample();
    void ask_stop();
    bool waits_in_vain() const; // for the database, with nothing in hand

    std::string config_path_;
    setup setup_;
    engine::one_shot wanted_;
    boost::asio::io_context io_{1};
    asio_clock clock_{io_.get_executor(), std::random_device{}()};
    log log_;
    engine::report report_ = log_.report_for("");
    engine::task_group stop_{io_.get_executor(), clock_};  // ended by the wish to stop
    engine::task_group shown_{io_.get_executor(), clock_}; // ended when there is nothing to show
    progress_meter meter_;
    progress_display display_;
    std::vector<std::unique_ptr<job>> jobs_;
    bool is_reading_ = false;
    std::atomic<bool> database_answers_{false}; // while the schema is made ready
    steady_time begun_ = clock_.now();
    stop_signals signals_;
};

backfill_process::backfill_process(const command_line& line, setup loaded)
    : config_path_(line.config)
    , setup_(std::move(loaded))
    , wanted_{.range = {line.from.value_or(start_of_time), line.to.value_or(end_of_time)},
              .again = line.again,
              .give_up_after = setup_.settings.sync.give_up_after}
    , display_(line.progress, log_)
    , signals_(io_.get_executor(),
               {.stop = [this] { ask_stop(); },
                .waits_in_vain = [this] { return waits_in_vain(); },
                .reload = {},
                .end_at_once =
                    [this](const std::string& why) {
                        display_.finish();
                        std::fprintf(stderr,
                                     "ended at once: %s; the next backfill goes on from what was "
                                     "committed\n",
                                     why.c_str());
                        leave_at_once(code(exit_status::in_part));
                    }}) {
    log_.configure(setup_.settings.log);
    for (const auto& account : setup_.accounts) {
        auto made = std::make_unique<job>();
        made->of = account;
        made->outcome.name = account.settings.name;
        jobs_.push_back(std::move(made));
    }
}

bool backfill_process::waits_in_vain() const {
    if (!is_reading_) {
        return !database_answers_;
    }
    return std::ranges::all_of(jobs_, [](const auto& each) {
        return each->ended || each->outcome.elsewhere ||
               (each->here && each->here->view().phase == engine::account_phase::database_away);
    });
}

void backfill_process::ask_stop() {
    report_(engine::level::info, "interrupted: finishing what is in hand");
    stop_.stop();
    for (auto& each : jobs_) {
        if (each->here) {
            each->here->stop();
        }
    }
    shown_.spawn("cut", cut_when_stopped());
}

engine::awaitable<void> backfill_process::cut_when_stopped() {
    co_await shown_.sleep_until(clock_.now() + answers_awaited);
    for (auto& each : jobs_) {
        if (each->here) {
            each->here->cut();
        }
    }
}

engine::awaitable<exit_status> backfill_process::supervise() {
    const auto columns = columns_for_database(setup_.settings, config_path_);
    const auto ready =
        co_await make_schema_ready(io_.get_executor(), stop_, setup_.database_url, columns,
                                   setup_.settings.sync.give_up_after, report_, database_answers_);
    auto status = ready.stopped ? exit_status::in_part : ready.status;
    if (!ready.why.empty()) {
        report_(engine::level::error, ready.why);
    } else if (!ready.stopped) {
        for (const auto& file : ready.applied) {
            report_(engine::level::debug, "migrated the database: " + file);
        }
        is_reading_ = true;
        status = co_await read_all();
    }
    signals_.done();
    co_return status;
}

engine::awaitable<exit_status> backfill_process::read_all() {
    database_lanes lanes(io_.get_executor(), database_connections, [url = setup_.database_url] {
        return std::make_unique<write::postgres_store>(database_options(url));
    });
    decode_thread decoding(io_.get_executor());
    const mirror_ports ports{.executor = io_.get_executor(),
                             .time = clock_,
                             .store = lanes,
                             .decoding = decoding,
                             .to = log_,
                             .holder = make_holder(clock_.chance()),
                             .poll_interval = setup_.settings.sync.poll_interval,
                             .catalog = catalog_of(setup_.settings)};
    engine::task_group work(io_.get_executor(), clock_);
    for (auto& each : jobs_) {
        work.spawn("account " + each->outcome.name, follow(each.get(), ports));
    }
    shown_.spawn("progress", show_progress());
    co_await work.join();
    shown_.stop();
    co_await shown_.join();

    sample();
    display_.show(meter_.lines());
    display_.finish();
    std::vector<account_outcome> outcomes;
    auto status = exit_status::done;
    for (const auto& each : jobs_) {
        outcomes.push_back(each->outcome);
        status = worst(status, status_of(each->outcome));
    }
    const auto took = std::chrono::floor<std::chrono::milliseconds>(clock_.now() - begun_);
    const auto summary = backfill_summary(meter_.sums(), outcomes, took);
    std::fputs(summary.c_str(), stdout);
    co_return status;
}

// A fault of ours in one account must not end the others.
engine::awaitable<void> backfill_process::follow(job* which, mirror_ports ports) {
    try {
        co_await do_job(*which, ports);
    } catch (const std::invalid_argument& error) { // the ca_file
        which->outcome.misconfigured = true;
        which->outcome.why = error.what();
    } catch (const std::exception& error) {
        which->outcome.end = engine::account_end::done_in_part;
        which->outcome.why = std::string("internal error: ") + error.what();
    }
    which->ended = true;
}

// Here or elsewhere: whoever has the lease does it, and that may change on the way.
engine::awaitable<void> backfill_process::do_job(job& of, const mirror_ports& ports) {
    while (!stop_.stopping()) {
        of.outcome.elsewhere = false;
        of.here = std::make_unique<mirror>(ports, of.of, wanted_);
        of.shown = &of.here->view();
        of.outcome.end = co_await of.here->run();
        of.outcome.why = of.here->why();
        of.outcome.requests += of.here->view().requests;
        of.outcome.elsewhere = of.outcome.end == engine::account_end::held_elsewhere;
        if (!of.outcome.elsewhere || stop_.stopping()) {
            co_return;
        }
        const elsewhere_options options{
            .of = of.of, .database_url = setup_.database_url, .wanted = wanted_};
        if (!of.there) { // it remembers its orders
            of.there = std::make_unique<elsewhere>(ports.executor, stop_, options,
                                                   log_.report_for(of.outcome.name));
        }
        of.shown = &of.there->view();
        const auto end = co_await of.there->follow();
        if (end) {
            of.outcome.end = *end;
            of.outcome.why = of.there->why();
            co_return;
        }
    }
    of.outcome.end = engine::account_end::stopped;
}

void backfill_process::sample() {
    std::vector<const engine::account_view*> views;
    for (const auto& each : jobs_) {
        if (each->shown) {
            views.push_back(each->shown);
        }
    }
    meter_.sample(clock_.now(), views);
}

engine::awaitable<void> backfill_process::show_progress() {
    const auto every = display_.interval();
    auto shown_at = clock_.now();
    while (co_await shown_.sleep_until(clock_.now() + std::min(every, sampled_every))) {
        sample();
        if (clock_.now() - shown_at >= every) {
            display_.show(meter_.lines());
            shown_at = clock_.now();
        }
    }
}

} // namespace

exit_status backfill(const command_line& line) {
    auto loaded = load_narrowed_setup(line);
    if (const auto* failed = std::get_if<setup_failure>(&loaded)) {
        std::fputs(failed->text.c_str(), stderr);
        return failed->status;
    }
    backfill_process process(line, std::get<setup>(std::move(loaded)));
    return process.run();
}

} // namespace callmirror::daemon

#include "sync/engine/account.hpp"

#include "sync/base/text.hpp"
#include "sync/engine/session.hpp"

#include <algorithm>

namespace callmirror::engine {

using namespace std::chrono_literals;

namespace {

constexpr auto lease_asked_every = 2s; // while another process holds the account
constexpr auto longest_pause = 5s;     // while the database is away
constexpr auto steady_work = 1min;     // after less, the database has not really come back
constexpr auto worth_telling = 10s;    // of being away again

} // namespace

struct account_engine::implementation {
    boost::asio::any_io_executor executor;
    clock& time;
    source& api;
    database& store;
    worker& decoding;
    account_options options;
    report say;
    account_view view;
    std::string why;
    steady_time last_answer{0};
    std::string last_failure{};
    steady_time quiet_until{0};
    std::optional<utc_time> once_begun{};
    task_group* running = nullptr; // the session's, while there is one
    bool stop_asked = false;
    bool loss_told = false; // that the database is away
    task_group pauses;      // sleeps between sessions

    // What a session came to.
    struct outcome {
        std::optional<account_end> end;
        std::string lost; // the database, or the lease
        bool database = false;
    };
    awaitable<outcome> try_session();
    awaitable<account_end> run();
    void stop();
};

awaitable<account_engine::implementation::outcome> account_engine::implementation::try_session() {
    outcome result;
    try {
        const session_ports ports{executor,    time,       api,     store,       decoding,
                                  options,     say,        view,    last_answer, last_failure,
                                  quiet_until, once_begun, running, stop_asked,  loss_told};
        result.end = co_await run_session(ports);
    } catch (const key_refused& error) {
        why = error.what();
        result.end = account_end::key_refused;
    } catch (const write::database_refused& error) {
        why = error.what();
        result.end = account_end::database_refused;
    } catch (const write::database_lost& error) {
        result.lost = error.what();
        result.database = true;
    } catch (const write::lease_lost& error) {
        result.lost = error.what();
    } catch (const session_over& error) {
        result.lost = error.what();
    }
    co_return result;
}

awaitable<account_end> account_engine::implementation::run() {
    last_answer = time.now();
    std::optional<steady_time> away_since;
    int losses = 0;
    while (!stop_asked) {
        const auto began = time.now();
        const auto result = co_await try_session();
        if (result.end == account_end::held_elsewhere && !options.once) {
            losses = 0;
            away_since.reset();
            if (!co_await pauses.sleep_until(time.now() + lease_asked_every)) {
                break;
            }
            continue;
        }
        if (result.end == account_end::key_refused) {
            view.enter(account_phase::key_refused, "key refused");
            say(level::error,
                options.name + ": the API refuses the key: " + why +
                    "; nothing more is asked with it. Put a valid one in its place, then "
                    "reload or start again");
        }
        if (result.end == account_end::unreachable) {
            why = "no useful answer of the API for " +
                  format_duration(options.once->give_up_after) +
                  (last_failure.empty() ? "" : "; the last: " + last_failure);
        }
        if (result.end) {
            why = why.empty() ? view.lacks : why;
            co_return *result.end;
        }
        const auto now = time.now();
        // A session that was at work for a while makes this loss a new one. One that comes and goes
        // is told of once, and again only when it stays away.
        const bool worked = view.phase == account_phase::mirroring;
        losses = worked && now - began >= steady_work ? 0 : losses;
        if (worked) {
            away_since.reset();
        }
        if (!result.database) {
            say(level::info, options.name + ": " + result.lost);
            away_since.reset();
            losses = 0;
        } else {
            away_since = away_since.value_or(now);
            if (!loss_told && (losses == 0 || now - *away_since >= worth_telling)) {
                say(level::warning, options.name + ": " + result.lost + "; it is tried again");
                loss_told = true;
            }
        }
        if (result.database) {
            view.enter(account_phase::database_away, "waiting for the database");
        } else {
            view.enter(account_phase::lease_lost, "waiting for the lease");
        }
        if (options.once && away_since && now - *away_since >= options.once->give_up_after) {
            why = result.lost;
            co_return account_end::unreachable;
        }
        const auto pause =
            std::min<std::chrono::milliseconds>(250ms * (1 << std::min(losses, 5)), longest_pause);
        ++losses;
        if (!co_await pauses.sleep_until(now + pause)) {
            break;
        }
    }
    co_return account_end::stopped;
}

void account_engine::implementation::stop() {
    stop_asked = true;
    pauses.stop();
    if (running) {
        running->stop();
    }
}

account_engine::account_engine(boost::asio::any_io_executor executor, clock& time, source& api,
                               database& store, worker& decoding, account_options options,
                               report say)
    : implementation_(new implementation{.executor = executor,
                                         .time = time,
                                         .api = api,
                                         .store = store,
                                         .decoding = decoding,
                                         .options = std::move(options),
                                         .say = std::move(say),
                                         .view = {},
                                         .why = {},
                                         .pauses = task_group(executor, time)}) {
    implementation_->view.name = implementation_->options.name;
}

account_engine::~account_engine() = default;

awaitable<account_end> account_engine::run() {
    return implementation_->run();
}

void account_engine::stop() {
    implementation_->stop();
}

const account_view& account_engine::view() const {
    return implementation_->view;
}

const std::string& account_engine::why() const {
    return implementation_->why;
}

} // namespace callmirror::engine

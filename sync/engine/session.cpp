#include "sync/engine/commits.hpp"
#include "sync/engine/list_health.hpp"
#include "sync/engine/session_parts.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto lease_margin = 2s; // of our clock against the database's
constexpr auto outage_looked_at = 1s;
constexpr auto worth_keeping = 1s; // of a wait that the API asks for: less is over at once

// What is worth remembering of a pace: 0 while nothing has slowed it down, so that a limit that is
// raised holds at once.
double learnt_pace(const plan::pace& pace) {
    return pace.rate() < pace.limit() ? pace.rate() : 0;
}

} // namespace

session::session(const session_ports& given, const taken_lease& lease,
                 const write::account_state& state)
    : ports(given)
    , tasks(given.executor, given.time)
    , committed(tasks)
    , work_changed(tasks)
    , orders_placed(tasks)
    , requests(tasks, plan::pace(given.options.requests_per_second, state.account.pace),
               given.options.max_in_flight)
    , context{.time = given.time,
              .api = given.api,
              .store = given.store,
              .decoding = given.decoding,
              .tasks = tasks,
              .requests = requests,
              .committed = committed,
              .work_changed = work_changed,
              .platform = *given.options.platform,
              .batch = given.options.batch,
              .lease = lease.held,
              .lease_ends = lease.asked_at + given.options.lease_time - lease_margin,
              .skew = 0ms,
              .next_piece = state.last_piece + 1,
              .say = given.say,
              .view = given.view,
              .last_answer = given.last_answer,
              .last_failure = given.last_failure,
              .heard_of_within =
                  std::max<std::chrono::milliseconds>(45s, given.options.poll_interval * 3 / 2),
              .unsure_for = given.options.once ? std::chrono::milliseconds(1s)
                                               : std::min<std::chrono::milliseconds>(
                                                     2 * given.options.poll_interval, 60s),
              .reads_again = !given.options.once || given.options.once->again}
    , account(state.account)
    , last_slice(state.last_slice)
    , requests_before(given.view.requests)
    , throttled_before(given.view.throttled) {
    requests.hold_until(std::max(given.time.now() + lease.wait_before_request, given.quiet_until));
}

// ---- the lease

write::commit_unit session::account_unit() {
    write::commit_unit unit;
    unit.holder = context.lease;
    unit.platform = context.platform.name;
    account.pace = learnt_pace(requests.pace());
    unit.account = account;
    return unit;
}

awaitable<void> session::save_account() {
    const auto unit = account_unit();
    auto job = [&](write::store& store) { store.commit(unit); };
    co_await context.store.run_first(job); // the next renewal waits for it
}

awaitable<void> session::keep_lease() {
    const auto renew_every = ports.options.lease_time / 4;
    auto renew_at = context.time.now() + renew_every;
    auto quiet_known = requests.quiet_until(); // to other processes, by the database
    const auto asked_to_wait = [&] { return requests.quiet_until() > quiet_known + worth_keeping; };
    const auto wake_at = [&] { // a thousand idle accounts need not look every second
        const auto now = context.time.now();
        return asked_to_wait() ? now
               : once()        ? std::min(renew_at, now + outage_looked_at)
                               : renew_at;
    };
    while (co_await requests.told_to_wait().wait_until(wake_at())) {
        const auto now = context.time.now();
        refresh_pace();
        if (asked_to_wait()) {
            quiet_known = requests.quiet_until();
            const auto quiet = std::chrono::ceil<std::chrono::milliseconds>(
                std::max(quiet_known - now, std::chrono::microseconds(0)));
            auto job = [&](write::store& store) { store.keep_quiet(context.lease, quiet); };
            co_await context.store.run_first(job);
        }
        if (once() && now - context.last_answer > ports.options.once->give_up_after) {
            unreachable = true;
            tasks.stop();
            break;
        }
        if (std::ranges::any_of(lists, [&](const auto& of) { return is_given_up(*of); })) {
            check_done();
        }
        if (now < renew_at) {
            continue;
        }
        auto job = [&](write::store& store) {
            orders_wait = store.renew(context.lease, ports.options.lease_time);
        };
        co_await context.store.run_first(job);
        if (orders_wait) {
            orders_placed.notify();
        }
        context.lease_ends = now + ports.options.lease_time - lease_margin;
        renew_at = now + renew_every;
        if (std::abs(account.pace - learnt_pace(requests.pace())) > 0.05 * account.pace) {
            co_await save_account();
        }
    }
}

// ---- what it shows

void session::refresh_view(list& of) {
    auto& view = view_of(context, of);
    const auto now = context.now();
    view.share = of.timeline.share_read(now, range());
    view.history_complete = of.timeline.history_complete() || range().from != start_of_time;
    view.unread = of.timeline.unread(range());
    view.oldest = of.resource->has_time_axis() ? std::optional(of.timeline.slices().front().begins)
                                               : std::nullopt;
    view.due_at = of.resource->has_time_axis() ? std::nullopt
                                               : std::optional(of.timeline.slices().front().due_at);
    view.history = plan::strip_of(of.timeline.slices(), now);
    view.head_read_at = of.learned.head_read_at;
    view.aside = is_aside(context, of) ? of.learned.aside_reason : "";
    view.last_error = of.learned.last_error;
    refresh_pace();
}

void session::refresh_pace() {
    context.view.pace = requests.pace().rate();
    context.view.pace_limit = requests.pace().limit();
    context.view.requests = requests_before + requests.requests();
    context.view.throttled = throttled_before + requests.throttled();
}

// ---- from taking the lease to giving it back

// The last words: what was learnt about the pace, or that the key is refused.
awaitable<void> session::leave() {
    if (!context.key_refusal.empty()) {
        account.state = "key refused";
        account.reason = context.key_refusal;
    }
    const auto quiet = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(requests.pace().ready_at() - ports.time.now(), std::chrono::microseconds(0)));
    auto unit = account_unit();
    for (auto& [resource, book] : books) {
        auto page = book.take(context.now(), true);
        std::ranges::move(page.rows, std::back_inserter(unit.fields));
    }
    auto job = [&](write::store& store) {
        store.commit(unit);
        store.release(context.lease, quiet);
    };
    co_await context.store.run(job);
}

// It gets to work.
void session::say_where_it_stands() {
    const auto before = ports.view.phase;
    const auto& name = ports.options.name;
    if (before == account_phase::database_away) {
        if (std::exchange(ports.loss_told, false)) {
            ports.say(level::info, name + ": the database is back");
        }
    } else if (before != account_phase::starting) {
        ports.say(level::info,
                  name + (before == account_phase::held_elsewhere ? ": taken over" : ": goes on"));
    }
}

namespace {

// nullopt where another process holds the account.
awaitable<std::optional<taken_lease>> take_lease(session_ports& ports) {
    const auto& options = ports.options;
    const auto asked_at = ports.time.now();
    write::lease_answer answer;
    auto acquire = [&](write::store& store) {
        answer = store.acquire(options.name, options.holder, options.lease_time);
    };
    co_await ports.store.run(acquire);
    if (answer.taken) {
        co_return taken_lease{*answer.taken, asked_at, answer.wait_before_request};
    }
    if (ports.view.phase != account_phase::held_elsewhere && !options.once) {
        ports.say(level::info,
                  options.name + ": mirrored by " + answer.held_by + "; this process stands by");
    }
    ports.view.enter(account_phase::held_elsewhere, "held by " + answer.held_by);
    co_return std::nullopt;
}

} // namespace

awaitable<account_end> run_session(session_ports ports) {
    const auto lease = co_await take_lease(ports);
    if (!lease) {
        co_return account_end::held_elsewhere;
    }
    write::account_state state;
    auto load = [&](write::store& store) { state = store.load(lease->held); };
    co_await ports.store.run(load);
    if (ports.view.phase ==
        account_phase::database_away) { // nothing was asked of the API meanwhile
        ports.last_answer = ports.time.now();
    }

    session here(ports, *lease, state);
    ports.running = &here.tasks;
    if (ports.stop_asked) {
        here.tasks.stop();
    }
    here.tasks.spawn("lease", here.keep_lease());
    here.tasks.spawn("session", here.prepare(state));
    std::exception_ptr error;
    try {
        co_await here.tasks.join();
    } catch (...) {
        error = std::current_exception();
    }
    // Whatever else went wrong at the same time: nothing more may be asked with this key.
    const auto& refusal = here.context.key_refusal;
    if (!refusal.empty()) {
        error = std::make_exception_ptr(key_refused(refusal));
    }
    if (!error && here.all_done) {
        try {
            co_await here.count_unanswered();
        } catch (...) {
            error = std::current_exception();
        }
    }
    ports.running = nullptr;
    ports.view.waiting_bytes = 0;
    here.refresh_pace();
    ports.quiet_until = here.requests.pace().ready_at();
    if (!error || !refusal.empty()) {
        try {
            co_await here.leave();
        } catch (...) { // a database that is away is no reason to ask again with a refused key
            error = error ? error : std::current_exception();
        }
    }
    if (error) {
        std::rethrow_exception(error);
    }
    if (here.unreachable) {
        co_return account_end::unreachable;
    }
    if (!here.all_done) {
        co_return account_end::stopped;
    }
    co_return here.read_in_part() ? account_end::done_in_part : account_end::done;
}

} // namespace callmirror::engine

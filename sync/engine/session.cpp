#include "sync/engine/session.hpp"

#include "sync/base/text.hpp"
#include "sync/engine/commits.hpp"
#include "sync/engine/companies.hpp"
#include "sync/engine/deletions.hpp"
#include "sync/engine/key_reader.hpp"
#include "sync/engine/orders.hpp"
#include "sync/engine/own_columns.hpp"
#include "sync/engine/requests.hpp"
#include "sync/engine/slice_reader.hpp"
#include "sync/engine/suspects.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto lease_margin = 2s;          // of our clock against the database's
constexpr auto suspects_looked_for = 5min; // when nothing hints at any
constexpr auto outage_looked_at = 1s;
constexpr auto orders_looked_for = 5s;
constexpr auto companies_soon = 30s; // where they could not be found out
constexpr auto companies_asked_every = 1h;
constexpr auto no_company = "the key's own user names no company, so nothing of a company is read; "
                            "name them with companies = [...]";
using plan::hopeless;

// One stretch of holding the lease.
struct session {
    session_ports ports;
    task_group tasks;
    signal committed;
    signal work_changed;
    gate requests;
    session_context context;
    write::account_row account;
    std::vector<std::unique_ptr<list>> lists;
    plan::slice_id last_slice = 0;
    std::uint64_t requests_before; // of earlier sessions
    std::uint64_t throttled_before;
    std::size_t next_list = 0;      // takes turns
    std::size_t heads_open = 0;     // one shot: heads not read yet
    bool companies_unknown = false; // the last look at the key's own user failed
    bool suspects_done = false;
    std::vector<write::unfilled_columns> unfilled;
    bool columns_done = false;
    bool all_done = false;
    bool unreachable = false;

    session(const session_ports& given, const write::lease_answer& lease,
            const write::account_state& state);

    bool once() const { return ports.options.once.has_value(); }
    plan::time_range range() const {
        return once() ? ports.options.once->range : plan::time_range{};
    }

    awaitable<void> prepare(const write::account_state& state);
    awaitable<void> prepare_companies();
    awaitable<bool> find_companies();
    awaitable<void> follow_companies();
    void add_list(const providers::resource& resource, const std::string& scope,
                  const write::account_state& state);
    awaitable<void> keep_lease();
    awaitable<void> save_account();
    awaitable<void> follow_head(list& of);
    awaitable<void> read_slices(bool due_first);
    awaitable<void> follow_suspects();
    awaitable<bool> carry_out_agreed(list& of);
    awaitable<void> follow_orders();
    awaitable<void> follow_columns();
    awaitable<bool> plan_more();
    std::optional<std::pair<list*, plan::slice>> pick(plan::timeline::debt kind);
    utc_time next_due() const;
    bool is_aside(const list& of) const {
        return of.learned.aside_until && *of.learned.aside_until > context.now();
    }
    bool has_its_keys(const list& of) const;
    bool outstanding(const list& of) const;
    void check_done();
    void refresh_view(list& of);
    void refresh_pace();
};

// What is worth remembering of a pace: 0 while nothing has slowed it down, so that a limit that is
// raised holds at once.
double learnt_pace(const plan::pace& pace) {
    return pace.rate() < pace.limit() ? pace.rate() : 0;
}

session::session(const session_ports& given, const write::lease_answer& lease,
                 const write::account_state& state)
    : ports(given)
    , tasks(given.executor, given.time)
    , committed(tasks)
    , work_changed(tasks)
    , requests(tasks, plan::pace(given.options.requests_per_second, state.account.pace),
               given.options.max_in_flight)
    , context{.time = given.time,
              .api = given.api,
              .store = given.store,
              .tasks = tasks,
              .requests = requests,
              .committed = committed,
              .work_changed = work_changed,
              .platform = *given.options.platform,
              .lease = *lease.taken,
              .lease_ends = given.time.now() + given.options.lease_time - lease_margin,
              .skew = 0ms,
              .next_piece = state.last_piece + 1,
              .say = given.say,
              .view = given.view,
              .last_answer = given.last_answer,
              .last_failure = given.last_failure}
    , account(state.account)
    , last_slice(state.last_slice)
    , requests_before(given.view.requests)
    , throttled_before(given.view.throttled) {
    requests.hold_until(std::max(given.time.now() + lease.wait_before_request, given.quiet_until));
}

// ---- getting ready

// Asks which companies there are. False where that could not be found out just now; those that were
// known before are gone on with.
awaitable<bool> session::find_companies() {
    const std::string target(ports.options.platform->self_path);
    const std::string name = "the key's own user";
    auto got = co_await ask(context, plan::work::head, target, name);
    const auto* body = std::get_if<std::string>(&got);
    if (body && is_user(*body)) {
        if (auto found = companies_in(*body); !found.empty()) {
            account.companies = std::move(found);
        }
        co_return true;
    }
    if (!companies_unknown && !tasks.stopping()) {
        context.say(level::warning,
                    ports.options.name + ": " +
                        (body ? name + ": not a user" : std::get<problem>(got).text) +
                        "; it is tried again");
    }
    companies_unknown = true;
    co_return false;
}

awaitable<void> session::prepare_companies() {
    const auto& options = ports.options;
    account.provider = options.platform->name;
    if (!options.companies.empty()) {
        account.companies = options.companies;
        co_return;
    }
    // A one shot waits for an answer, as long as it waits for anything.
    while (!co_await find_companies() && once() && account.companies.empty()) {
        if (!co_await tasks.sleep_until(context.time.now() + companies_soon)) {
            co_return;
        }
    }
    if (account.companies.empty() && !companies_unknown) {
        account.reason = no_company;
        context.view.lacks = no_company;
        context.say(level::warning, options.name + ": " + no_company);
    }
}

// A company that comes to the account, or that could not be found out about at first, is mirrored
// from then on: the session begins anew.
awaitable<void> session::follow_companies() {
    while (ports.options.companies.empty() && !once()) {
        const auto wait = companies_unknown ? companies_soon : companies_asked_every;
        if (!co_await tasks.sleep_until(context.time.now() + wait)) {
            break;
        }
        const auto before = account.companies;
        companies_unknown = !co_await find_companies();
        if (account.companies != before) {
            throw session_over(ports.options.name + ": it has other companies now");
        }
    }
}

void session::add_list(const providers::resource& resource, const std::string& scope,
                       const write::account_state& state) {
    const auto same = [&](const auto& each) {
        return each.resource == resource.name && each.scope == scope;
    };
    const auto known = std::ranges::find_if(state.listings, same);
    auto learned = known == state.listings.end() ? write::listing_row{} : *known;
    learned.resource = resource.name;
    learned.scope = scope;
    if (once() && !ports.once_begun) { // somebody wants to know whether it can be read now
        learned.aside_until.reset();
    }
    // A smaller page_size than before holds at once; a larger one is found out about, unless the
    // limit is one that only a refusal led to.
    const int wanted = ports.options.page_size;
    const int known_limit = learned.limit.value_or(0);
    if (!learned.first_page || (known_limit > 50 && wanted > known_limit)) {
        learned.first_page.reset();
        learned.limit = wanted;
    } else if (known_limit > wanted) {
        learned.limit = wanted;
        learned.full_page_seen = false;
    }
    std::vector<plan::slice> slices;
    std::ranges::copy_if(state.slices, std::back_inserter(slices), same);
    const bool days = resource.kind == providers::shape::days;
    const auto& start = ports.options.history_start;
    const plan::timeline_rules rules{
        .history_start = days && start ? std::optional(floor_day(*start)) : start,
        .poll_interval = ports.options.poll_interval,
        .has_time_axis = resource.has_time_axis(),
        .snapshot_interval = ports.options.snapshot_interval,
        .page_size =
            learned.limit.value_or(0) > 0 ? *learned.limit : std::max(learned.largest_page, 1),
        .ahead = ports.options.max_in_flight,
        .pause_after_failure = once() ? 1s : 30s};
    // That pages count from 1 is looked at again in each session: it loses a page where it is
    // wrong.
    const bool manners_known = learned.first_page == 0;
    const auto granularity = days ? std::optional<std::chrono::seconds>(24h) : learned.granularity;
    // Complete back to a history_start that is no longer set says nothing about what is older.
    const bool complete = !resource.has_time_axis() ||
                          (learned.history_complete && (start || !learned.history_start));
    learned.history_complete = learned.history_complete || !resource.has_time_axis();
    // What was counted in an earlier session goes on.
    auto& views = context.view.lists;
    auto shown = std::ranges::find_if(views, same);
    if (shown == views.end()) {
        shown = views.insert(views.end(), {.resource = std::string(resource.name), .scope = scope});
    }
    const auto view_index = static_cast<std::size_t>(shown - views.begin());
    auto made = std::make_unique<list>(list{
        .resource = &resource,
        .scope = scope,
        .path = fetch::fill_path(resource.list_path, {{"companyId", scope}}),
        .timeline = plan::timeline(std::string(resource.name), scope, rules, std::move(slices),
                                   complete, granularity, [this] { return ++last_slice; }),
        .learned = std::move(learned),
        .decoder = decode::decoder(ports.options.name, resource),
        .view_index = view_index,
        .look_for_keys_after = ports.options.snapshot_interval,
        .deletes_can_be_asked =
            !resource.record_path.empty() && resource.kind != providers::shape::by_key,
        .head = std::nullopt,
        .latest = {},
        .questioned = {},
        .agreed = {},
        .manners_known = manners_known,
        .records_at = {},
    });
    lists.push_back(std::move(made));
}

awaitable<void> session::prepare(const write::account_state& state) {
    account.state = "ok";
    account.reason.clear();
    context.view.lacks.clear();
    co_await prepare_companies();
    const auto& options = ports.options;
    for (const auto& resource : options.platform->resources) {
        const bool wanted =
            options.resources.empty() ||
            std::ranges::find(options.resources, resource.name) != options.resources.end();
        if (!wanted) {
            continue;
        }
        if (resource.scope == providers::list_scope::account) {
            add_list(resource, "", state);
            continue;
        }
        for (const auto company : account.companies) {
            add_list(resource, std::to_string(company), state);
        }
    }
    // A single-record path that needs another table is of use only where that is mirrored, too.
    for (auto& of : lists) {
        for (const auto& parameter : of->resource->record_parameters) {
            of->deletes_can_be_asked =
                of->deletes_can_be_asked &&
                (parameter.via_table.empty() || std::ranges::any_of(lists, [&](const auto& other) {
                     return other->resource->name == parameter.via_table;
                 }));
        }
    }
    const bool first_of_once = once() && !ports.once_begun;
    if (first_of_once) {
        ports.once_begun = context.now();
    }
    co_await save_account();
    unfilled = co_await settle_columns(context, options.own_columns);
    context.view.enter(account_phase::mirroring, "mirroring");
    for (auto& of : lists) {
        auto unit = new_unit(context, *of);
        auto changes = of->timeline.start(context.source_now());
        add_changes(unit, changes);
        if (first_of_once) {
            const auto anew = ports.options.once->again
                                  ? of->timeline.again(range(), context.now())
                                  : of->timeline.forgive(range(), context.now());
            add_changes(unit, anew);
            changes.put.insert(changes.put.end(), anew.put.begin(), anew.put.end());
        }
        if (!unit.slices.empty()) {
            unit.listings.push_back(of->learned);
            co_await commit(context, *of, unit);
        }
        of->timeline.release(changes);
        refresh_view(*of);
    }
    for (auto& of : lists) {
        heads_open += of->resource->has_time_axis() ? 1 : 0;
    }
    for (auto& of : lists) {
        if (of->resource->has_time_axis()) {
            tasks.spawn("head of " + of->name(), follow_head(*of));
        }
    }
    for (int i = 0; i < ports.options.max_in_flight; ++i) {
        tasks.spawn("history", read_slices(i == 0 && ports.options.max_in_flight > 1));
    }
    tasks.spawn("suspects", follow_suspects());
    tasks.spawn("companies", follow_companies());
    tasks.spawn("orders", follow_orders());
    tasks.spawn("columns", follow_columns());
}

// ---- what runs side by side

awaitable<void> session::save_account() {
    write::commit_unit unit;
    unit.holder = context.lease;
    unit.platform = context.platform.name;
    account.pace = learnt_pace(requests.pace());
    unit.account = account;
    auto job = [&](write::store& store) { store.commit(unit); };
    co_await context.store.run(job);
}

awaitable<void> session::keep_lease() {
    const auto renew_every = ports.options.lease_time / 4;
    auto renew_at = context.time.now() + renew_every;
    const auto wake_at = [&] { // a thousand idle accounts need not look every second
        return once() ? std::min(renew_at, context.time.now() + outage_looked_at) : renew_at;
    };
    while (co_await tasks.sleep_until(wake_at())) {
        const auto now = context.time.now();
        refresh_pace();
        if (once() && now - context.last_answer > ports.options.once->give_up_after) {
            unreachable = true;
            tasks.stop();
            break;
        }
        if (now < renew_at) {
            continue;
        }
        auto job = [&](write::store& store) {
            store.renew(context.lease, ports.options.lease_time);
        };
        co_await context.store.run(job);
        context.lease_ends = now + ports.options.lease_time - lease_margin;
        renew_at = now + renew_every;
        if (std::abs(account.pace - learnt_pace(requests.pace())) > 0.05 * account.pace) {
            co_await save_account();
        }
    }
}

awaitable<void> session::follow_orders() {
    do { // at once: `deletes accept` may have brought this session about
        std::vector<write::order_row> orders;
        auto job = [&](write::store& store) { orders = store.open_orders(context.lease); };
        co_await context.store.run(job);
        co_await carry_out(context, lists, orders);
        check_done(); // a slice may have been held for an order
    } while (co_await tasks.sleep_until(context.time.now() + orders_looked_for));
}

awaitable<void> session::follow_columns() {
    co_await fill_columns(context, unfilled);
    columns_done = true;
    check_done();
}

awaitable<void> session::follow_head(list& of) {
    const bool wanted = range().overlaps(of.timeline.head());
    const auto place = static_cast<std::size_t>(
        1 +
        std::distance(lists.begin(), std::ranges::find(lists, &of, &std::unique_ptr<list>::get)));
    while (wanted && co_await tasks.sleep_until(of.head_due)) {
        const auto now = context.time.now();
        if (of.head_under_way) { // an order works on its digest
            of.head_due = now + 50ms;
            continue;
        }
        if (is_aside(of)) {
            of.head_due = now + std::chrono::microseconds(*of.learned.aside_until - context.now());
            if (once()) {
                break;
            }
            continue;
        }
        const bool read_well = co_await read_head(context, of);
        of.head_failures = read_well ? 0 : of.head_failures + (context.last_answer >= now ? 1 : 0);
        refresh_view(of);
        // The lists' polls are spread over the interval: one connection is enough for them.
        const auto share = of.heads_read == 1 ? place : lists.size();
        of.head_due = now + ports.options.poll_interval * static_cast<int>(share) /
                                static_cast<int>(lists.size());
        if (read_well && !of.timeline.head().read_at) { // it begins anew: what it holds is wanted
            of.head_due = context.time.now();
        } else if (once() && of.head_failures >= hopeless) {
            break;
        } else if (!read_well && !is_aside(of)) {
            of.head_due = context.time.now() +
                          std::min<std::chrono::milliseconds>(ports.options.poll_interval, 5s);
        } else if (read_well && once()) {
            break;
        }
    }
    --heads_open;
    check_done();
}

awaitable<void> session::read_slices(bool due_first) {
    using debt = plan::timeline::debt;
    // A single worker reads what is due now and then, so that a long backfill doesn't keep it
    // waiting.
    constexpr unsigned due_every = 4;
    const bool is_alone = ports.options.max_in_flight == 1;
    for (unsigned turn = 1; !tasks.stopping(); ++turn) {
        due_first = is_alone ? turn % due_every == 0 : due_first;
        const auto first = due_first ? debt::due : debt::never_read;
        auto picked = pick(first);
        auto kind = first;
        if (!picked) {
            kind = due_first ? debt::never_read : debt::due;
            picked = pick(kind);
        }
        if (picked) {
            auto& [of, slice] = *picked;
            if (of->resource->kind == providers::shape::by_key) {
                co_await read_by_key(context, *of, slice);
            } else {
                co_await read_history(context, *of, slice,
                                      kind == debt::due ? plan::work::due : plan::work::backfill);
            }
            refresh_view(*of);
            continue;
        }
        if (co_await plan_more()) {
            continue;
        }
        check_done();
        const auto due = next_due();
        const auto wait =
            due == end_of_time
                ? std::chrono::milliseconds(60s)
                : std::clamp<std::chrono::milliseconds>(due - context.now(), 50ms, 60s);
        co_await work_changed.wait_until(context.time.now() + wait);
    }
}

// False where there is nothing to carry out.
awaitable<bool> session::carry_out_agreed(list& of) {
    const auto agreed = std::exchange(of.agreed, {});
    for (const auto& [slice, keys] : agreed) {
        if (!co_await carry_out_deletions(context, of, slice, keys)) {
            co_return false;
        }
    }
    co_return !agreed.empty();
}

awaitable<void> session::follow_suspects() {
    while (!tasks.stopping()) {
        suspects_done = false;
        context.suspects_added = false;
        bool any = false;
        for (auto& of : lists) {
            const bool carried_out = co_await carry_out_agreed(*of);
            any = any || carried_out;
            if (of->deletes_can_be_asked && !is_aside(*of) && !tasks.stopping()) {
                const bool asked = co_await ask_suspects(context, *of);
                any = any || asked;
            }
        }
        if (any) {
            continue;
        }
        suspects_done = true;
        check_done();
        const auto until = context.time.now() + suspects_looked_for;
        while (!context.suspects_added && context.time.now() < until) {
            if (!co_await work_changed.wait_until(until)) {
                co_return;
            }
        }
    }
}

// ---- which slice is next

std::optional<std::pair<list*, plan::slice>> session::pick(plan::timeline::debt kind) {
    if (kind == plan::timeline::debt::due && once() && !ports.options.once->again) {
        return std::nullopt; // a backfill reads what is missing, no more
    }
    for (std::size_t i = 0; i < lists.size(); ++i) {
        auto& of = *lists[(next_list + i) % lists.size()];
        if (is_aside(of) || !has_its_keys(of)) {
            continue;
        }
        if (auto slice = of.timeline.next(kind, context.now(), range())) {
            next_list = (next_list + i + 1) % lists.size();
            return std::pair(&of, *slice);
        }
    }
    return std::nullopt;
}

// A resource without list waits until the table that its keys come from has been filled: a slice is
// marked read before its last rows are committed, and busy until they are.
bool session::has_its_keys(const list& of) const {
    return of.resource->kind != providers::shape::by_key ||
           std::ranges::all_of(lists, [&](const auto& other) {
               const auto& slices = other->timeline.slices();
               return other->resource->name != of.resource->keys_from.table || is_aside(*other) ||
                      std::ranges::all_of(slices, [&](const auto& each) {
                          return !other->timeline.is_busy(each.id) &&
                                 (each.read_at || each.failures >= hopeless);
                      });
           });
}

utc_time session::next_due() const {
    auto due = end_of_time;
    for (const auto& of : lists) {
        if (!has_its_keys(*of)) { // what reads them tells
            continue;
        }
        due = std::min(due,
                       is_aside(*of) ? *of->learned.aside_until : of->timeline.next_due(range()));
    }
    return due;
}

// Plans older slices where history is not complete. True where there are new ones.
awaitable<bool> session::plan_more() {
    bool any = false;
    for (auto& of : lists) {
        const auto& slices = of->timeline.slices();
        if (is_aside(*of) || slices.front().begins <= range().from) {
            continue;
        }
        co_await take_turn(context, *of); // what was learnt is not to be overtaken by older news
        const auto changes = of->timeline.extend(context.now(), range());
        const bool complete = of->timeline.history_complete();
        const auto start = complete ? ports.options.history_start : std::nullopt;
        if (changes.empty() && complete == of->learned.history_complete &&
            start == of->learned.history_start) {
            end_turn(context, *of);
            continue;
        }
        of->learned.history_complete = complete;
        of->learned.history_start = start;
        auto unit = new_unit(context, *of);
        add_changes(unit, changes);
        unit.listings.push_back(of->learned);
        co_await commit(context, *of, unit);
        end_turn(context, *of);
        of->timeline.release(changes);
        refresh_view(*of);
        any = any || !changes.empty();
    }
    if (any) {
        work_changed.notify();
    }
    co_return any;
}

// ---- one shot: is it done?

bool session::outstanding(const list& of) const {
    if (is_aside(of)) {
        return false;
    }
    const auto& slices = of.timeline.slices();
    // What is read but not committed yet may still bring suspects.
    if (std::ranges::any_of(slices,
                            [&](const auto& each) { return of.timeline.is_busy(each.id); })) {
        return true;
    }
    if (!of.timeline.history_complete() && slices.front().begins > range().from) {
        return !of.timeline.is_blocked(range());
    }
    return std::ranges::any_of(slices, [&](const plan::slice& each) {
        // Read ahead of now: by a clock that was wrong.
        const bool read_since = each.read_at >= ports.once_begun &&
                                (each.read_at <= context.now() || each.due_at > context.now());
        const bool unread = !each.read_at || (ports.options.once->again && !read_since);
        return !each.is_open() && range().overlaps(each) && unread && each.failures < hopeless;
    });
}

void session::check_done() {
    if (!once() || all_done || heads_open > 0 || !suspects_done || !columns_done ||
        context.suspects_added) {
        return;
    }
    if (std::ranges::none_of(lists, [&](const auto& of) { return outstanding(*of); })) {
        all_done = true;
        tasks.stop();
    }
}

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
    view.aside = is_aside(of) ? of.learned.aside_reason : "";
    view.last_error = of.learned.last_error;
    refresh_pace();
}

void session::refresh_pace() {
    context.view.pace = requests.pace().rate();
    context.view.pace_limit = requests.pace().limit();
    context.view.requests = requests_before + requests.requests();
    context.view.throttled = throttled_before + requests.throttled();
}

// A resource of companies was asked for, and no company is known.
bool lacks_companies(const session& done) {
    const auto& options = done.ports.options;
    return done.account.companies.empty() &&
           std::ranges::any_of(options.resources, [&](const std::string& name) {
               const auto* resource = providers::find_resource(*options.platform, name);
               return resource && resource->scope == providers::list_scope::company;
           });
}

bool read_in_part(const session& done) {
    return lacks_companies(done) || std::ranges::any_of(done.lists, [&](const auto& of) {
               const bool failed =
                   std::ranges::any_of(of->timeline.slices(), [&](const auto& each) {
                       return done.range().overlaps(each) && each.failures >= hopeless &&
                              !each.is_open();
                   });
               // What the key may not read is a fault only where it was asked for by name.
               return failed || of->head_failures >= hopeless ||
                      (!of->learned.aside_reason.empty() && !done.ports.options.resources.empty());
           });
}

} // namespace

awaitable<account_end> run_session(session_ports ports) {
    const auto& options = ports.options;
    write::lease_answer lease;
    auto acquire = [&](write::store& store) {
        lease = store.acquire(options.name, options.holder, options.lease_time);
    };
    co_await ports.store.run(acquire);
    const auto before = ports.view.phase;
    if (!lease.taken) {
        if (before != account_phase::held_elsewhere && !options.once) {
            ports.say(level::info,
                      options.name + ": mirrored by " + lease.held_by + "; this process stands by");
        }
        ports.view.enter(account_phase::held_elsewhere, "held by " + lease.held_by);
        co_return account_end::held_elsewhere;
    }
    write::account_state state;
    auto load = [&](write::store& store) { state = store.load(*lease.taken); };
    co_await ports.store.run(load);

    if (before == account_phase::database_away) { // nothing was asked of the API meanwhile
        ports.last_answer = ports.time.now();
    }
    if (before != account_phase::starting) {
        ports.say(level::info,
                  options.name + (before == account_phase::held_elsewhere ? ": taken over"
                                  : before == account_phase::database_away
                                      ? ": the database is back"
                                      : ": goes on"));
    }
    session here(ports, lease, state);
    ports.running = &here.tasks;
    if (ports.stop_asked) {
        here.tasks.stop();
    }
    here.tasks.spawn("lease", here.keep_lease());
    here.tasks.spawn("session", here.prepare(state));
    std::exception_ptr error;
    std::optional<std::string> refused;
    try {
        co_await here.tasks.join();
    } catch (const key_refused& why) {
        refused = why.what();
        error = std::current_exception();
    } catch (...) {
        error = std::current_exception();
    }
    ports.running = nullptr;
    here.refresh_pace();
    ports.quiet_until = here.requests.pace().ready_at();

    // The last words: what was learnt about the pace, or that the key is refused.
    if (!error || refused) {
        if (refused) {
            here.account.state = "key refused";
            here.account.reason = *refused;
        }
        const auto quiet = here.requests.pace().ready_at() - ports.time.now();
        write::commit_unit unit;
        unit.holder = *lease.taken;
        unit.platform = options.platform->name;
        here.account.pace = learnt_pace(here.requests.pace());
        unit.account = here.account;
        auto leave = [&](write::store& store) {
            store.commit(unit);
            store.release(*lease.taken, std::chrono::ceil<std::chrono::milliseconds>(
                                            std::max(quiet, std::chrono::microseconds(0))));
        };
        co_await ports.store.run(leave);
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
    co_return read_in_part(here) ? account_end::done_in_part : account_end::done;
}

} // namespace callmirror::engine

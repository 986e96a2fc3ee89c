#include "sync/engine/commits.hpp"
#include "sync/engine/deletions.hpp"
#include "sync/engine/key_reader.hpp"
#include "sync/engine/list_health.hpp"
#include "sync/engine/orders.hpp"
#include "sync/engine/own_columns.hpp"
#include "sync/engine/session_parts.hpp"
#include "sync/engine/slice_reader.hpp"
#include "sync/engine/suspects.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto suspects_looked_for = 5min; // when nothing hints at any
using plan::hopeless;

} // namespace

// ---- what runs side by side

awaitable<void> session::follow_orders() {
    // At once: `deletes accept` may have brought this session about.
    while (!tasks.stopping()) {
        if (!std::exchange(orders_wait, false)) {
            co_await orders_placed.wait_until(steady_time::max());
            continue;
        }
        std::vector<write::order_row> orders;
        auto job = [&](write::store& store) { orders = store.open_orders(context.lease); };
        co_await context.store.run(job);
        co_await carry_out(context, lists, orders);
        check_done(); // a slice may have been held for an order
    }
}

awaitable<void> session::follow_columns() {
    columns_done = co_await fill_columns(context, unfilled);
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
        if (is_aside(context, of)) {
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
        } else if (once() && (read_well || is_aside(context, of) || of.head_failures >= hopeless)) {
            break;
        } else if (!read_well && !is_aside(context, of)) {
            of.head_due = context.time.now() +
                          std::min<std::chrono::milliseconds>(ports.options.poll_interval, 5s);
        }
    }
    of.head_open = false;
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
        context.spare_lines.clear();
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
    for (auto& of : lists) {
        co_await count_held_deletions(context, *of);
    }
    while (!tasks.stopping()) {
        co_await count_rejected(context);
        suspects_done = false;
        context.suspects_added = false;
        bool any = false;
        for (auto& of : lists) {
            const bool carried_out = co_await carry_out_agreed(*of);
            any = any || carried_out;
            if (of->deletes_can_be_asked && !is_aside(context, *of) && !tasks.stopping()) {
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

namespace {

// Two slices that miss what the other may hold, read side by side, would stay unsure: of a list's,
// one is read at a time.
bool is_in_turn(const list& of, plan::slice_id id) {
    return !of.unsure.contains(id) || std::ranges::none_of(of.unsure, [&](const auto& each) {
        return of.timeline.is_busy(each.first);
    });
}

} // namespace

std::optional<std::pair<list*, plan::slice>> session::pick(plan::timeline::debt kind) {
    if (kind == plan::timeline::debt::due && once() && !ports.options.once->again) {
        return std::nullopt; // a backfill reads what is missing, no more
    }
    for (std::size_t i = 0; i < lists.size(); ++i) {
        auto& of = *lists[(next_list + i) % lists.size()];
        if (is_aside(context, of) || !has_its_keys(of)) {
            continue;
        }
        const auto may_be_read = [&of](plan::slice_id id) { return is_in_turn(of, id); };
        if (auto slice = of.timeline.next(kind, context.now(), range(), may_be_read)) {
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
               return other->resource->name != of.resource->keys_from.table ||
                      is_aside(context, *other) || is_given_up(*other) ||
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
        const auto may_be_read = [&of](plan::slice_id id) { return is_in_turn(*of, id); };
        due = std::min(due, is_aside(context, *of) ? *of->learned.aside_until
                                                   : of->timeline.next_due(range(), may_be_read));
    }
    return due;
}

// Plans older slices where history is not complete. True where there are new ones.
awaitable<bool> session::plan_more() {
    bool any = false;
    for (auto& of : lists) {
        const auto& slices = of->timeline.slices();
        if (is_aside(context, *of) || slices.front().begins <= range().from) {
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

} // namespace callmirror::engine

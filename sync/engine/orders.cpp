#include "sync/engine/orders.hpp"

#include "sync/engine/commits.hpp"
#include "sync/engine/deletions.hpp"

#include <map>

namespace callmirror::engine {
namespace {

constexpr int most_rounds = 3; // slices may be merged, or show a record again meanwhile

// The slices of the range are read once more.
awaitable<void> read_again(session_context& context, list& of, const write::order_row& order) {
    auto unit = new_unit(context, of);
    const auto changes = of.timeline.again({order.from, order.to}, context.now());
    add_changes(unit, changes);
    co_await commit(context, of, unit);
    of.timeline.release(changes);
    context.work_changed.notify();
}

// All deletions that are held are carried out, slice by slice. False where the engine is stopping.
awaitable<bool> accept_deletes(session_context& context, list& of) {
    for (int round = 0; round < most_rounds; ++round) {
        std::vector<write::suspect_row> held;
        auto job = [&](write::store& store) {
            held = store.suspects_held(context.lease, std::string(of.resource->name), of.scope);
        };
        co_await context.store.run(job);
        std::map<plan::slice_id, std::vector<std::string>> by_slice;
        for (const auto& each : held) {
            by_slice[each.slice].push_back(each.key);
        }
        for (const auto& [slice, keys] : by_slice) {
            if (!co_await carry_out_deletions(context, of, slice, keys)) {
                co_return false;
            }
        }
        if (held.empty()) {
            break;
        }
    }
    co_return true;
}

} // namespace

awaitable<void> carry_out(session_context& context, std::vector<std::unique_ptr<list>>& lists,
                          const std::vector<write::order_row>& orders) {
    for (const auto& order : orders) {
        for (auto& of : lists) {
            if (!order.resource.empty() && order.resource != of->resource->name) {
                continue;
            }
            if (order.kind == "again") {
                co_await read_again(context, *of, order);
            } else if (order.kind == "accept_deletes") {
                if (!co_await accept_deletes(context, *of)) {
                    co_return;
                }
            }
        }
        write::commit_unit unit;
        unit.holder = context.lease;
        unit.platform = context.platform.name;
        unit.done_orders.push_back(order.id);
        auto job = [&](write::store& store) { store.commit(unit); };
        co_await context.store.run(job);
    }
}

} // namespace callmirror::engine

#include "sync/engine/requests.hpp"
#include "sync/engine/session_parts.hpp"

#include <algorithm>

namespace callmirror::engine {

using namespace std::chrono_literals;
using plan::hopeless;

// A list that answers 500 for ever looks like an outage once nothing else is asked for: where
// others are complete, an answer about the key's own user tells that it is the list.
awaitable<void> session::tell_outages_apart() {
    const auto silence =
        std::min<std::chrono::milliseconds>(10s, ports.options.once->give_up_after / 2);
    const std::string target(ports.options.platform->self_path);
    const std::string name = "the key's own user";
    const body_check anything = [](const std::string&) { return std::string(); };
    auto looked_at = context.time.now();
    while (co_await tasks.sleep_until(std::max(context.last_answer, looked_at) + silence)) {
        looked_at = context.time.now();
        const bool silent = looked_at - context.last_answer >= silence;
        const bool any_done = std::ranges::any_of(
            lists, [&](const auto& of) { return !is_aside(*of) && !outstanding(*of); });
        if (silent && any_done) {
            co_await ask(context, plan::work::due, target, name, anything);
        }
    }
}

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

// A resource of companies was asked for, and no company is known.
bool session::lacks_companies() const {
    const auto& options = ports.options;
    return account.companies.empty() &&
           std::ranges::any_of(options.resources, [&](const std::string& name) {
               const auto* resource = providers::find_resource(*options.platform, name);
               return resource && resource->scope == providers::list_scope::company;
           });
}

bool session::read_in_part() const {
    return lacks_companies() || std::ranges::any_of(lists, [&](const auto& of) {
               const bool failed =
                   std::ranges::any_of(of->timeline.slices(), [&](const auto& each) {
                       return range().overlaps(each) && each.failures >= hopeless &&
                              !each.is_open();
                   });
               // What the key may not read is a fault only where it was asked for by name.
               return failed || of->head_failures >= hopeless ||
                      (!of->learned.aside_reason.empty() && !ports.options.resources.empty());
           });
}

} // namespace callmirror::engine

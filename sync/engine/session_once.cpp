#include "sync/base/text.hpp"
#include "sync/engine/list_health.hpp"
#include "sync/engine/requests.hpp"
#include "sync/engine/session_parts.hpp"

#include <algorithm>
#include <tuple>

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
        const bool any_done = std::ranges::any_of(lists, [&](const auto& of) {
            return !is_aside(context, *of) && of->learned.failures == 0 && !outstanding(*of) &&
                   std::ranges::any_of(of->timeline.slices(), [](const plan::slice& each) {
                       return each.read_at.has_value();
                   });
        });
        if (silent && any_done) {
            co_await ask(context, plan::work::due, target, name, anything);
        }
    }
}

bool session::outstanding(const list& of) const {
    const auto& slices = of.timeline.slices();
    // What is read but not committed yet may still bring suspects; and a slice that was under way
    // when its list was set aside may show that the list can be read after all.
    if (std::ranges::any_of(slices,
                            [&](const auto& each) { return of.timeline.is_busy(each.id); })) {
        return true;
    }
    return !is_aside(context, of) && unread(of);
}

// Whether there is more of it to read, be it set aside or not.
bool session::unread(const list& of) const {
    const auto& slices = of.timeline.slices();
    // What moved while two slices were read is looked at once more, and not for ever.
    constexpr int most_unsure = 3;
    const bool again = ports.options.once->again;
    if (again && std::ranges::any_of(of.unsure, [&](const auto& each) {
            const auto* slice = of.timeline.find(each.first);
            return slice && !slice->is_open() && each.second < most_unsure &&
                   slice->failures < hopeless && range().overlaps(*slice);
        })) {
        return true;
    }
    if (!of.timeline.history_complete() && slices.front().begins > range().from) {
        return !of.timeline.is_blocked(range());
    }
    return std::ranges::any_of(slices, [&](const plan::slice& each) {
        // Read ahead of now: by a clock that was wrong.
        const bool read_since = each.read_at >= ports.once_begun &&
                                (each.read_at <= context.now() || each.due_at > context.now());
        const bool unread = !each.read_at || (again && !read_since);
        return !each.is_open() && range().overlaps(each) && unread && each.failures < hopeless;
    });
}

bool session::is_open(const list& of) const {
    return of.head_open || outstanding(of);
}

// No read of it has succeeded for as long as an outage may take. One that is under way may still,
// as long as its pages come.
bool session::is_given_up(const list& of) const {
    if (!once() || !of.failing_since || of.committing ||
        context.time.now() - *of.failing_since < ports.options.once->give_up_after) {
        return false;
    }
    const bool under_way =
        of.head_under_way || std::ranges::any_of(of.timeline.slices(), [&](const auto& each) {
            return of.timeline.is_busy(each.id);
        });
    return of.last_asked_in_vain || !under_way;
}

void session::check_done() {
    if (!once() || all_done || !suspects_done || !columns_done || context.suspects_added) {
        return;
    }
    if (std::ranges::any_of(lists,
                            [&](const auto& of) { return is_open(*of) && !is_given_up(*of); })) {
        return;
    }
    for (const auto& of : lists) {
        if (is_open(*of)) {
            gave_up = true;
            context.say(level::warning, of->name() + ": given up, as no read has succeeded for " +
                                            format_duration(ports.options.once->give_up_after) +
                                            "; the last failure: " + of->learned.last_error);
        }
    }
    all_done = true;
    tasks.stop();
}

// A resource of companies is to be mirrored, and no company is known.
bool session::lacks_companies() const {
    const auto& [platform, wanted] = std::tie(*ports.options.platform, ports.options.resources);
    return account.companies.empty() &&
           std::ranges::any_of(platform.resources, [&](const providers::resource& each) {
               return each.scope == providers::list_scope::company &&
                      (wanted.empty() || std::ranges::find(wanted, each.name) != wanted.end());
           });
}

// Suspects that were asked for, and the API has not said what became of them.
awaitable<void> session::count_unanswered() {
    constexpr int most = 10'000;
    for (auto& of : lists) {
        std::vector<write::suspect_to_ask> suspects;
        auto job = [&](write::store& store) {
            suspects = store.suspects_to_ask(context.lease, std::string(context.platform.name),
                                             *of->resource, of->scope, end_of_time, most);
        };
        if (of->deletes_can_be_asked && !is_aside(context, *of)) {
            co_await context.store.run(job);
        }
        view_of(context, *of).unanswered = static_cast<std::uint64_t>(std::ranges::count_if(
            suspects, [](const auto& each) { return each.suspect.attempts > 0; }));
    }
}

bool session::read_in_part() const {
    return gave_up || lacks_companies() || std::ranges::any_of(lists, [&](const auto& of) {
               const bool failed =
                   std::ranges::any_of(of->timeline.slices(), [&](const auto& each) {
                       return range().overlaps(each) && each.failures >= hopeless &&
                              !each.is_open();
                   });
               const bool read_before =
                   std::ranges::any_of(of->timeline.slices(), [](const plan::slice& each) {
                       return each.read_at.has_value();
                   });
               // What the key may not read is a fault only where it was asked for by name, or
               // where the list stops in the middle.
               const bool refused =
                   !of->learned.aside_reason.empty() &&
                   (!ports.options.resources.empty() || (read_before && unread(*of)));
               return failed || refused || outstanding(*of) || of->head_failures >= hopeless;
           });
}

} // namespace callmirror::engine

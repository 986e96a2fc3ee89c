#include "sync/engine/list_health.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto aside_for = 1h;

// Nothing useful was ever heard of it, or not for so long that each list was asked for meanwhile.
bool is_out_of_reach(const session_context& context) {
    const auto useful = [](const api_traffic& of) {
        return of.answers.contains({fetch::verdict::ok, 200});
    };
    const bool heard = useful(context.view.own_traffic) ||
                       std::ranges::any_of(context.view.lists, useful, &list_view::traffic);
    return !heard || context.time.now() - context.last_answer >= context.heard_of_within;
}

// Once for all lists where none can be had, and each list's own trouble once.
void tell(session_context& context, list& of, const problem& why, steady_time begun) {
    const bool away = is_outage(context, why, begun);
    if (why.what == fetch::verdict::bad_certificate || (away && is_out_of_reach(context))) {
        if (!std::exchange(context.outage_told, true)) {
            context.say(level::warning, context.view.name + ": the API is out of reach: " +
                                            why.text + "; it is tried again");
        }
    } else if (!away && !of.failure_told) {
        of.failure_told = true;
        context.say(level::warning, why.text + "; it is tried again");
    }
}

} // namespace

void note_failure(session_context& context, list& of, const problem& why, steady_time begun) {
    auto& learned = of.learned;
    const auto now = context.now();
    auto& view = view_of(context, of);
    ++view.failures;
    if (why.what == fetch::verdict::forbidden || why.what == fetch::verdict::not_found) {
        if (!learned.aside_until) {
            context.say(level::warning, why.text + "; set aside, tried again every hour. The "
                                                   "key needs a role that may read it, or name the "
                                                   "resources that you want");
        }
        learned.aside_until = now + aside_for;
        learned.aside_reason = why.text;
        view.aside = why.text;
        return;
    }
    if (why.what == fetch::verdict::bad_request) {
        of.manners_known = false; // it may have changed what it takes: find out again
    }
    // Once for all readers that met it side by side.
    if (why.what == fetch::verdict::too_large && learned.limit.value_or(0) > 1 &&
        why.limit >= *learned.limit) {
        learned.limit = *learned.limit / 2;
        learned.full_page_seen = false;
    }
    if (!is_outage(context, why, begun) && !of.failing_since) {
        of.failing_since = context.time.now();
    }
    ++learned.failures;
    learned.last_error = why.text;
    learned.last_error_at = now;
    view.last_error = why.text;
    tell(context, of, why, begun);
}

// A list has not recovered while another of its slices fails: the head's reads would say so twice a
// minute, and the failing slice the contrary.
void note_success(session_context& context, list& of, plan::slice_id read) {
    auto& learned = of.learned;
    auto& view = view_of(context, of);
    const bool another_fails = std::ranges::any_of(of.timeline.slices(), [&](const auto& each) {
        return each.failures > 0 && each.id != read;
    });
    if (of.failure_told && !another_fails) {
        of.failure_told = false;
        context.say(level::info, of.name() + ": recovered after " +
                                     std::to_string(learned.failures) +
                                     (learned.failures == 1 ? " failure" : " failures"));
    }
    if (learned.aside_until) {
        context.say(level::info, of.name() + ": can be read now");
    }
    of.failing_since.reset();
    learned.failures = another_fails ? learned.failures : 0;
    learned.last_error.clear();
    learned.last_error_at.reset();
    learned.aside_until.reset();
    learned.aside_reason.clear();
    view.last_error.clear();
    view.aside.clear();
}

bool is_aside(const session_context& context, const list& of) {
    const auto& until = of.learned.aside_until;
    const auto now = context.now();
    return until && *until > now && *until <= now + aside_for + 1min; // as clocks differ
}

bool is_outage(const session_context& context, const problem& why, steady_time begun) {
    const bool silent = why.what == fetch::verdict::timeout ||
                        why.what == fetch::verdict::connection_lost ||
                        why.what == fetch::verdict::server_busy;
    return silent && context.last_answer < begun;
}

} // namespace callmirror::engine

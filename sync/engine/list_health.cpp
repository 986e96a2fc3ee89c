#include "sync/engine/list_health.hpp"

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto aside_for = 1h;

} // namespace

void note_failure(session_context& context, list& of, const problem& why) {
    auto& learned = of.learned;
    const auto now = context.now();
    auto& view = view_of(context, of);
    ++view.failures;
    if (why.what == fetch::verdict::forbidden || why.what == fetch::verdict::not_found) {
        if (!learned.aside_until) {
            context.say(level::warning, why.text + "; set aside, tried again every hour");
        }
        learned.aside_until = now + aside_for;
        learned.aside_reason = why.text;
        view.aside = why.text;
        return;
    }
    if (why.what == fetch::verdict::bad_request) {
        of.manners_known = false; // it may have changed what it takes: find out again
    }
    if (why.what == fetch::verdict::too_large && learned.limit.value_or(0) > 1) {
        learned.limit = *learned.limit / 2;
        learned.full_page_seen = false;
    }
    ++learned.failures;
    learned.last_error = why.text;
    learned.last_error_at = now;
    view.last_error = why.text;
    if (learned.failures == 1) {
        context.say(level::warning, why.text + "; it is tried again");
    }
}

void note_success(session_context& context, list& of) {
    auto& learned = of.learned;
    auto& view = view_of(context, of);
    if (learned.failures > 0) {
        context.say(level::info, of.name() + ": recovered after " +
                                     std::to_string(learned.failures) + " failures");
    }
    if (learned.aside_until) {
        context.say(level::info, of.name() + ": can be read now");
    }
    learned.failures = 0;
    learned.last_error.clear();
    learned.last_error_at.reset();
    learned.aside_until.reset();
    learned.aside_reason.clear();
    view.last_error.clear();
    view.aside.clear();
}

bool is_outage(const session_context& context, const problem& why, steady_time begun) {
    const bool silent = why.what == fetch::verdict::timeout ||
                        why.what == fetch::verdict::connection_lost ||
                        why.what == fetch::verdict::server_busy;
    return silent && context.last_answer < begun;
}

} // namespace callmirror::engine

#include "daemon/status_report.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace callmirror::daemon {
namespace {

using json = nlohmann::ordered_json;

// null for what is not known, and for the ends of time.
json time_json(const std::optional<utc_time>& time) {
    if (!time || *time == start_of_time || *time == end_of_time) {
        return nullptr;
    }
    return format_utc(*time);
}

json list_json(const list_state& list, utc_time now) {
    json out{{"resource", list.resource},
             {"company", list.scope.empty() ? json(nullptr) : json(list.scope)},
             {"rows", list.records},
             {"newest_record", time_json(list.newest_record)},
             {"head_read_at", time_json(list.head_read_at)},
             {"age_s", nullptr},
             {"history_complete", list.history_complete && list.unread == 0},
             {"history_share", list.history_complete && list.unread == 0
                                   ? 1.0 // whatever the newest seconds are
                                   : std::floor(list.share * 10'000) / 10'000},
             {"complete_back_to", time_json(list.complete_back_to)},
             {"gaps", list.unread},
             {"due", list.due},
             {"suspects", list.suspects},
             {"held_deletions", list.held},
             {"rejected", list.rejected},
             {"set_aside", list.aside ? json(list.aside_reason) : json(nullptr)},
             {"last_error", list.last_error.empty() ? json(nullptr) : json(list.last_error)},
             {"last_error_at", time_json(list.last_error_at)},
             {"failures", list.failures}};
    if (list.head_read_at) {
        out["age_s"] = std::chrono::duration<double>(now - *list.head_read_at).count();
    }
    return out;
}

json account_json(const account_state& account, utc_time now) {
    json out{{"name", account.name},
             {"state", account.state.empty() ? json(nullptr) : json(account.state)},
             {"reason", account.reason.empty() ? json(nullptr) : json(account.reason)},
             {"holder", account.held ? json(account.holder) : json(nullptr)},
             {"requests_per_second", account.pace > 0 ? json(account.pace) : json(nullptr)},
             {"no_request_before", time_json(account.quiet_until)},
             {"companies", account.companies},
             {"lists", json::array()}};
    for (const auto& list : account.lists) {
        out["lists"].push_back(list_json(list, now));
    }
    return out;
}

} // namespace

std::string status_json(const status_input& input) {
    json out{{"now", format_utc(input.now)},
             {"attention", attention(input)},
             {"accounts", json::array()},
             {"not_configured", input.strangers}};
    for (const auto& account : input.accounts) {
        out["accounts"].push_back(account_json(account, input.now));
    }
    return out.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

} // namespace callmirror::daemon

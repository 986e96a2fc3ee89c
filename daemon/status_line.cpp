#include "daemon/status_line.hpp"

#include <algorithm>
#include <map>

namespace callmirror::daemon {
namespace {

struct figures {
    std::optional<utc_time> oldest_head; // of the lists that have been read
    bool head_unread = false;
    bool whole = true; // history is known to its end
    double share = 1;
    bool any = false;
};

void add(figures& to, const engine::account_view& account) {
    for (const auto& list : account.lists) {
        if (!list.aside.empty()) {
            continue;
        }
        to.any = true;
        to.head_unread = to.head_unread || !list.head_read_at;
        if (list.head_read_at && !list.due_at) { // others are read when they are due
            to.oldest_head =
                std::min(to.oldest_head.value_or(*list.head_read_at), *list.head_read_at);
        }
        to.whole = to.whole && list.history_complete && list.unread == 0;
        to.share = std::min(to.share, list.share);
    }
}

std::string text_of(const figures& from, utc_time now) {
    if (!from.any) {
        return {};
    }
    std::string text;
    if (from.head_unread) {
        text = "; the newest records are still to be read";
    } else if (from.oldest_head) {
        text = "; fresh to " +
               format_duration(std::max(now - *from.oldest_head, utc_time::duration(0)));
    }
    // Never "100 %" while something is missing.
    const int percent = std::min(static_cast<int>(from.share * 100), 99);
    return text + "; history " + (from.whole ? "complete" : std::to_string(percent) + " %");
}

} // namespace

std::string status_line(const std::vector<const engine::account_view*>& accounts, utc_time now) {
    if (accounts.empty()) {
        return "no account";
    }
    figures all;
    std::map<std::string, int> states;
    for (const auto* each : accounts) {
        add(all, *each);
        ++states[each->state];
    }
    if (accounts.size() > 1) {
        std::string text = std::to_string(accounts.size()) + " accounts: ";
        std::string comma;
        for (const auto& [state, count] : states) {
            text += comma + std::to_string(count) + ' ' + state;
            comma = ", ";
        }
        return text + text_of(all, now);
    }
    const auto& only = *accounts.front();
    if (only.state != "mirroring") {
        return only.name + ": " + only.state;
    }
    const auto figures_text = text_of(all, now);
    return only.name + ": " + (figures_text.empty() ? "mirroring" : figures_text.substr(2));
}

} // namespace callmirror::daemon

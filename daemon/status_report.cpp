#include "daemon/status_report.hpp"

#include "daemon/freshness.hpp"
#include "daemon/text_table.hpp"
#include "sync/base/text.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

std::string name_of(const list_state& list) {
    return list_name(list.resource, list.scope);
}

// The terminal's own colours: they fit its background.
constexpr std::string_view good = "32";
constexpr std::string_view care = "33";
constexpr std::string_view bad = "31";

std::string painted(std::string_view colour, const std::string& text, const terminal& to) {
    return to.colours && !text.empty() ? "\x1b[" + std::string(colour) + 'm' + text + "\x1b[0m"
                                       : text;
}

std::string history_of(const list_state& list) {
    if (list.unread == 0 && list.history_complete) {
        return "complete";
    }
    std::string text = percent(std::min(list.share, 0.9999));
    if (list.complete_back_to && *list.complete_back_to != end_of_time &&
        *list.complete_back_to != start_of_time) {
        text += ", whole since " + format_day(*list.complete_back_to);
    }
    return list.unread == 0 ? text : text + ", " + counted(list.unread, "gap");
}

std::string waiting_of(const list_state& list) {
    std::string text;
    const auto add = [&](std::uint64_t count, const std::string& what) {
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + grouped(count) + ' ' + what;
        }
    };
    add(list.due, "due again");
    add(list.suspects, "suspect");
    add(list.held, "held");
    return text;
}

std::string trouble_of(const list_state& list, utc_time now) {
    if (list.aside) {
        return "set aside: " + list.aside_reason;
    }
    if (list.last_error.empty()) {
        return "";
    }
    return list.last_error + " (" + ago(list.last_error_at, now) +
           (list.failures > 1 ? ", " + std::to_string(list.failures) + " in a row" : "") + ")";
}

bool is_fresh(const list_state& list, const status_input& input) {
    return daemon::is_fresh(list.head_read_at, list.whole_due_at, input.poll_interval, input.now);
}

void judge_list(std::vector<std::string>& to, const status_input& input,
                const account_state& account, const config::account_settings& settings,
                const list_state& list) {
    const auto name = settings.name + " " + name_of(list) + ": ";
    if (list.held > 0) {
        to.push_back(name + counted(list.held, "deletion") +
                     " wait for a word: `callmirror deletes list`");
    }
    if (list.aside) {
        const bool named =
            std::ranges::find(settings.resources, list.resource) != settings.resources.end();
        if (named) { // asked for by name, and not to be had
            to.push_back(name + "set aside: " + list.aside_reason);
        }
        return;
    }
    if (account.held && !is_fresh(list, input)) { // otherwise the account's line says it
        to.push_back(name + "not fresh: " +
                     (list.whole_due_at ? "it was read " : "the newest records were read ") +
                     ago(list.head_read_at, input.now));
    }
}

// The account's own line; "" where it is as it should be.
std::string account_trouble(const account_state& account, const status_input& input) {
    if (account.state.empty()) {
        return account.name + ": nothing has been mirrored yet; is the daemon running?";
    }
    if (account.state != "ok") {
        return account.name + ": " + account.state +
               (account.reason.empty() ? "" : ": " + account.reason);
    }
    if (!account.reason.empty()) {
        return account.name + ": " + account.reason;
    }
    const bool fresh = std::ranges::all_of(
        account.lists, [&](const auto& list) { return list.aside || is_fresh(list, input); });
    return fresh || account.held
               ? ""
               : account.name + ": not fresh, and no process mirrors it; is the daemon running?";
}

std::string head_line(const account_state& account, const terminal& to) {
    if (account.state.empty()) {
        return account.name + ": " + painted(bad, "nothing has been mirrored yet", to);
    }
    std::string text =
        account.name + ": " + painted(account.state == "ok" ? good : bad, account.state, to);
    if (!account.reason.empty()) {
        text += " (" + account.reason + ")";
    }
    text += account.held ? "; mirrored by " + account.holder : "; no process mirrors it now";
    if (account.pace > 0) {
        text += "; pace " + short_number(account.pace) + " requests a second";
    }
    if (account.quiet_until) {
        text += "; " + painted(care,
                               "the API wants no request before " +
                                   format_utc(*account.quiet_until).substr(0, 19) + 'Z',
                               to);
    }
    return text;
}

std::string newest_of(const list_state& list) {
    return list.newest_record ? format_utc(*list.newest_record).substr(0, 19) + 'Z' : "";
}

std::string read_of(const list_state& list, const status_input& input, const terminal& to) {
    const auto text = ago(list.head_read_at, input.now);
    return list.aside ? text : painted(is_fresh(list, input) ? good : bad, text, to);
}

// All of a list in a row.
text_table wide_table(const account_state& account, const status_input& input, const terminal& to) {
    text_table table({{"list"},
                      {"rows", align::right},
                      {"newest record"},
                      {"read", align::right},
                      {"history"},
                      {"waiting"},
                      {"rejected", align::right}});
    for (const auto& list : account.lists) {
        table.add({name_of(list), grouped(list.records), newest_of(list), read_of(list, input, to),
                   history_of(list), waiting_of(list),
                   list.rejected > 0 ? painted(care, grouped(list.rejected), to) : ""});
    }
    return table;
}

// What is told of each list, and beneath it what has no place beside it.
std::string narrow_text(const account_state& account, const status_input& input,
                        const terminal& to) {
    text_table table({{"list"}, {"rows", align::right}, {"read", align::right}, {"history"}});
    std::string more;
    for (const auto& list : account.lists) {
        const bool whole = list.unread == 0 && list.history_complete;
        table.add({name_of(list), grouped(list.records), read_of(list, input, to),
                   whole ? "complete" : percent(std::min(list.share, 0.9999))});
        std::string lines;
        const auto add = [&](const std::string& what) {
            lines += what.empty() ? "" : "    " + what + '\n';
        };
        add(whole ? "" : history_of(list));
        add(waiting_of(list));
        add(list.rejected > 0 ? painted(care, grouped(list.rejected) + " rejected", to) : "");
        more += lines.empty() ? "" : "  " + name_of(list) + ":\n" + lines;
    }
    return table.to_text("  ") + more;
}

std::string lists_text(const account_state& account, const status_input& input,
                       const terminal& to) {
    if (account.lists.empty()) {
        return {};
    }
    auto text = wide_table(account, input, to).to_text("  ");
    if (to.width > 0 && widest_line(text) > to.width) {
        text = narrow_text(account, input, to);
    }
    for (const auto& list : account.lists) {
        const auto trouble = trouble_of(list, input.now);
        if (!trouble.empty()) {
            text += "  " + name_of(list) + ": " + painted(care, trouble, to) + '\n';
        }
    }
    return text;
}

} // namespace

std::vector<std::string> attention(const status_input& input) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < input.accounts.size(); ++i) {
        const auto& account = input.accounts[i];
        const auto trouble = account_trouble(account, input);
        if (!trouble.empty()) {
            lines.push_back(trouble);
        }
        std::string_view resource;
        for (const auto& list : account.lists) {
            judge_list(lines, input, account, input.settings[i], list);
            if (list.rejected > 0 && list.resource != resource) { // they are of no company
                lines.push_back(account.name + " " + list.resource + ": " +
                                counted(list.rejected, "record") +
                                " could not be mirrored: see callmirror.rejected");
            }
            resource = list.resource;
        }
    }
    return lines;
}

std::string status_text(const status_input& input, const terminal& to) {
    std::string text;
    for (const auto& account : input.accounts) {
        text += head_line(account, to) + '\n' + lists_text(account, input, to) + '\n';
    }
    for (const auto& name : input.strangers) {
        text += name + ": in the database, but not in the configuration\n";
    }
    const auto lines = attention(input);
    if (!lines.empty()) {
        text += painted(bad, "needs a person:", to) + '\n';
        for (const auto& line : lines) {
            text += "  " + line + '\n';
        }
    }
    return text;
}

} // namespace callmirror::daemon

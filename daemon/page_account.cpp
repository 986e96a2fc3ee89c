#include "daemon/page_account.hpp"

#include "daemon/freshness.hpp"
#include "daemon/html.hpp"
#include "daemon/page_charts.hpp"
#include "daemon/text_table.hpp"
#include "sync/base/text.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

using engine::account_phase;

bool is_whole(const engine::list_view& list) {
    return list.history_complete && list.unread == 0;
}

std::string history_text(const engine::list_view& list, const account_activity* recent) {
    if (is_whole(list)) {
        return "history complete";
    }
    auto text = "history " + percent(std::min(list.share, 0.9999));
    text += list.history_complete ? "" : " of what is planned so far";
    if (list.unread > 0) {
        text += ", " + counted(list.unread, "gap") + " to read";
        const auto left = recent ? recent->left_of(list) : std::nullopt;
        if (left) {
            text += ", about " +
                    format_duration(std::chrono::floor<std::chrono::milliseconds>(*left)) + " left";
        }
    }
    return text;
}

std::string counts_text(const engine::list_view& list) {
    std::string html = grouped(list.inserted) + " new, " + grouped(list.changed) + " changed, " +
                       grouped(list.deleted) + " deleted, ";
    html += list.rejected > 0
                ? "<span class=\"care\">" + grouped(list.rejected) + " rejected</span>"
                : "0 rejected";
    return html + "; " + grouped(list.records) + " served";
}

std::string freshness_text(const engine::account_view& account, const engine::list_view& list,
                           const web_view& view) {
    if (!list.aside.empty()) {
        return "<span class=\"care\">set aside</span>";
    }
    if (!list.head_read_at) {
        return "<span class=\"care\">not read yet</span>";
    }
    const auto read = "read " + ago(list.head_read_at, view.now);
    if (account.phase != account_phase::mirroring) {
        return "<span class=\"soft\">" + read + "</span>";
    }
    return is_fresh(list.head_read_at, list.due_at, view.poll_interval, view.now)
               ? "<span class=\"good\">fresh: " + read + "</span>"
               : "<span class=\"bad\">out of date: " + read + "</span>";
}

std::string list_card(const engine::account_view& account, const engine::list_view& list,
                      const account_activity* recent, const web_view& view) {
    const auto history = history_text(list, recent);
    std::string html = "<article>\n<h3>" + shown(list_name(list.resource, list.scope)) +
                       "</h3>\n<p class=\"fresh\">" + freshness_text(account, list, view) +
                       "</p>\n";
    if (list.aside.empty()) {
        if (!list.history.cells.empty() || !is_whole(list)) {
            html += paragraph("soft", history);
        }
        html += history_chart(list.history, view.now, history);
    }
    return html + paragraph("soft", counts_text(list)) + "</article>\n";
}

trust worst_of(const engine::account_view& account, const web_view& view) {
    auto worst = trust::good;
    for (const auto& each : concerns_of(account, view)) {
        worst = std::max(worst, each.how);
    }
    return worst;
}

std::string heading(const engine::account_view& account, trust how) {
    return "<h2 id=\"" + shown(account.name) + "\">" + shown(account.name) +
           " <span class=\"state " + std::string(look_of(how)) + "\">" + shown(account.state) +
           "</span></h2>\n";
}

} // namespace

std::string_view look_of(trust how) {
    switch (how) {
    case trust::good:
        return "good";
    case trust::idle:
        return "soft";
    case trust::care:
        return "care";
    case trust::bad:
        return "bad";
    }
    return "";
}

std::string account_section(const engine::account_view& account, const web_view& view) {
    const auto all = concerns_of(account, view);
    const bool whole_account = !all.empty() && all.front().list.empty();
    const auto own =
        account.phase == account_phase::mirroring || !whole_account ? trust::good : all.front().how;
    std::string html = "<section>\n" + heading(account, own);
    if (account.phase == account_phase::held_elsewhere) {
        return html + paragraph("soft", sentence(all.front().to_do)) + "</section>\n";
    }
    const auto* recent = view.recent ? view.recent->of(account.name) : nullptr;
    if (recent) {
        html += activity_charts(*recent, account.pace_limit);
    }
    if (account.phase != account_phase::mirroring && !account.lists.empty()) {
        html += paragraph("soft", "What was known when it was mirrored last:");
    }
    html += "<div class=\"lists\">\n";
    for (const auto& list : account.lists) {
        html += list_card(account, list, recent, view);
    }
    return html + "</div>\n</section>\n";
}

std::string account_line(const engine::account_view& account, const web_view& view) {
    double share = 1;
    bool whole = !account.lists.empty();
    for (const auto& list : account.lists) {
        if (list.aside.empty()) {
            share = std::min(share, list.share);
            whole = whole && is_whole(list);
        }
    }
    const auto name = shown(account.name);
    return "<li><a href=\"?account=" + name + "\">" + name + "</a> <span class=\"" +
           std::string(look_of(worst_of(account, view))) + "\">" + shown(account.state) +
           "</span> <span class=\"soft\">" +
           (account.lists.empty() ? ""
            : whole               ? "history complete"
                                  : "history " + percent(share)) +
           "</span></li>\n";
}

} // namespace callmirror::daemon

#include "daemon/status_page.hpp"

#include "daemon/page_style.hpp"
#include "daemon/text_table.hpp"
#include "sync/base/text.hpp"

#include <algorithm>
#include <numeric>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;
using engine::account_phase;

constexpr auto fresh_enough = 2min; // beyond, it is shown as something to look at
constexpr std::size_t longest_text = 400;

// Text from elsewhere: control characters named, then fit for HTML.
std::string shown(std::string_view text) {
    return escaped(printable(text, longest_text, placed::in_a_sentence));
}

std::string age_of(utc_time time, utc_time now) {
    return format_duration(std::max(now - time, utc_time::duration(0)));
}

std::string paragraph(std::string_view look, const std::string& html) {
    return "<p class=\"" + std::string(look) + "\">" + html + "</p>\n";
}

std::string figure(std::string_view title, const std::string& html, std::string_view look = "") {
    return "<div><dt>" + std::string(title) + "</dt><dd class=\"" + std::string(look) + "\">" +
           html + "</dd></div>\n";
}

// ---- the strip

std::string_view look_of(const plan::strip_cell& cell, utc_time now) {
    switch (cell.state) {
    case plan::slice_state::failing:
        return "failing";
    case plan::slice_state::unread:
        return "unread";
    case plan::slice_state::due:
        return "due";
    case plan::slice_state::current:
        break;
    }
    const auto age = cell.read_at ? now - *cell.read_at : utc_time::duration::max();
    return age < 24h ? "day" : age < 7 * 24h ? "week" : age < 31 * 24h ? "month" : "older";
}

std::string strip(const plan::history_strip& history, utc_time now, const std::string& summary) {
    if (history.cells.empty()) {
        return {};
    }
    const auto count = history.cells.size();
    std::string svg = "<svg viewBox=\"0 0 " + std::to_string(count) +
                      " 1\" preserveAspectRatio=\"none\" role=\"img\"><title>" + summary +
                      "</title>";
    for (std::size_t i = 0; i < count;) {
        const auto look = look_of(history.cells[i], now);
        auto end = i + 1;
        while (end < count && look_of(history.cells[end], now) == look) {
            ++end;
        }
        svg += "<rect class=\"" + std::string(look) + "\" x=\"" + std::to_string(i) +
               "\" width=\"" + std::to_string(end - i) + "\" height=\"1\"/>";
        i = end;
    }
    return svg + "</svg>\n<p class=\"soft ends\"><span>" + format_day(history.from) +
           "</span><span>now</span></p>\n";
}

std::string legend() {
    std::string html = "<p class=\"soft legend\"><span>History, read last:</span>";
    const auto add = [&](const char* look, const char* text) {
        html += "<span><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"" +
                std::string(look) + "\" width=\"1\" height=\"1\"/></svg>" + text + "</span>";
    };
    add("day", "within a day");
    add("week", "a week");
    add("month", "a month");
    add("older", "longer ago");
    add("due", "due again");
    add("unread", "not yet");
    add("failing", "failing");
    return html + "</p>\n";
}

// ---- a list

std::string notes(const engine::list_view& list) {
    std::string html;
    if (!list.aside.empty()) {
        html += paragraph("note care",
                          "Set aside: " + shown(list.aside) +
                              ". The key may not read this list; it is tried again every hour. "
                              "Give the key's user a role that may, or name the resources you "
                              "want in the configuration.");
    }
    if (!list.last_error.empty()) {
        html += paragraph("note bad", "The last read failed: " + shown(list.last_error) +
                                          ". It is tried again by itself; nothing is lost.");
    }
    if (list.rejected > 0) {
        html += paragraph("note care", escaped(counted(list.rejected, "record")) +
                                           " could not be mirrored. The reasons: <code>select "
                                           "reason, count(*) from callmirror.rejected group by "
                                           "1</code>");
    }
    if (list.held_deletes > 0) {
        html += paragraph("note care", "A read would have deleted over a fifth of its records; "
                                       "those deletions were held back. Look at them with "
                                       "<code>callmirror deletes list</code>.");
    }
    return html;
}

std::string history_text(const engine::list_view& list) {
    if (list.history_complete && list.unread == 0) {
        return "complete";
    }
    if (list.unread == 0) {
        return "read as far as it is planned yet";
    }
    auto text = percent(std::min(list.share, 0.9999)) + " read";
    if (!list.history_complete) {
        text += " of what is planned so far";
    }
    return text + ", " + counted(list.unread, "slice") + " to go";
}

std::string list_card(const engine::list_view& list, utc_time now) {
    const auto name = shown(list_name(list.resource, list.scope));
    std::string html = "<article>\n<h3>" + name + "</h3>\n<dl>\n";
    if (!list.head_read_at) {
        html += figure("Fresh to", "not read yet", "care");
    } else {
        const bool fresh = now - list.due_at.value_or(*list.head_read_at) < fresh_enough;
        html +=
            figure("Fresh to", age_of(*list.head_read_at, now) + " ago", fresh ? "good" : "care");
    }
    const auto history = history_text(list);
    html += figure("History", history);
    html += figure("New", grouped(list.inserted));
    html += figure("Changed", grouped(list.changed));
    html += figure("Deleted", grouped(list.deleted));
    html += figure("Rejected", grouped(list.rejected), list.rejected > 0 ? "care" : "");
    html += figure("Records served", grouped(list.records));
    html += "</dl>\n";
    html += strip(list.history, now, "History: " + history);
    if (list.reading && list.unread > 0) {
        html +=
            paragraph("soft", "History is being read around " + format_day(*list.reading) + ".");
    }
    return html + notes(list) + "</article>\n";
}

// ---- an account

struct state_text {
    std::string_view look;
    std::string words;  // HTML
    std::string advice; // HTML, or ""
};

state_text describe(const engine::account_view& account) {
    switch (account.phase) {
    case account_phase::mirroring:
        return {"good", "mirroring", ""};
    case account_phase::held_elsewhere:
        return {"soft", shown(account.state),
                "Another process mirrors this account; this one takes over if that one ends."};
    case account_phase::starting:
        return {"soft", "starting", ""};
    case account_phase::lease_lost:
        return {"care", shown(account.state), "It is taken again as soon as it is free."};
    case account_phase::database_away:
        return {"bad", shown(account.state),
                "Nothing to do here: it goes on by itself when PostgreSQL is back."};
    case account_phase::key_refused:
        return {"bad", shown(account.state),
                "Put a valid key in its place, then <code>systemctl restart callmirror</code>. "
                "Nothing is asked with a refused key."};
    }
    return {"", "", ""};
}

std::string pace_text(const engine::account_view& account) {
    const auto asked =
        std::accumulate(account.answers.begin(), account.answers.end(), std::uint64_t{0});
    const auto throttled = account.answers[static_cast<std::size_t>(fetch::verdict::throttled)];
    std::string text = grouped(asked) + " requests";
    if (throttled > 0) {
        text += ", " + grouped(throttled) + " of them throttled";
    }
    if (account.pace_limit > 0) {
        text += "; pace " + short_number(account.pace) + " of at most " +
                short_number(account.pace_limit) + " a second";
    }
    return text;
}

std::string account_section(const engine::account_view& account, utc_time now) {
    const auto state = describe(account);
    std::string html = "<section>\n<h2>" + shown(account.name) + " <span class=\"state " +
                       std::string(state.look) + "\">" + state.words + "</span></h2>\n";
    if (!state.advice.empty()) {
        html += paragraph("note " + std::string(state.look), state.advice);
    }
    if (account.phase == account_phase::held_elsewhere) {
        return html + "</section>\n"; // what is known here grows old
    }
    html += paragraph("soft", pace_text(account));
    for (const auto& list : account.lists) {
        html += list_card(list, now);
    }
    return html + "</section>\n";
}

std::string summary(const web_view& view) {
    if (view.stopping) {
        return paragraph("state care", "Stopping.");
    }
    if (!view.schema_ready) {
        return paragraph("state bad", "Waiting for the database. It goes on by itself when "
                                      "PostgreSQL is in reach.");
    }
    const auto found = readiness_of(view);
    return found.ready ? paragraph("state good", "At work.")
                       : paragraph("state bad", "Not all is well; see below.");
}

} // namespace

std::string escaped(std::string_view text) {
    std::string html;
    html.reserve(text.size());
    for (const char each : text) {
        switch (each) {
        case '&':
            html += "&amp;";
            break;
        case '<':
            html += "&lt;";
            break;
        case '>':
            html += "&gt;";
            break;
        case '"':
            html += "&quot;";
            break;
        case '\'':
            html += "&#39;";
            break;
        default:
            html += each;
        }
    }
    return html;
}

std::string status_page(const web_view& view) {
    std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<meta http-equiv=\"refresh\" content=\"15\">\n<title>callmirror</title>\n"
                       "<style>";
    html += page_style();
    html += "</style>\n</head>\n<body>\n<main>\n<h1>callmirror</h1>\n";
    html += summary(view);
    if (!view.accounts.empty()) {
        html += legend();
    }
    for (const auto* account : view.accounts) {
        html += account_section(*account, view.now);
    }
    html += "</main>\n<footer><p>callmirror " + escaped(view.version) + ", " +
            format_utc(view.now) +
            "; counts are since the program started. <a href=\"metrics\">metrics</a> <a "
            "href=\"healthz\">healthz</a> <a href=\"readyz\">readyz</a></p></footer>\n"
            "</body>\n</html>\n";
    return html;
}

} // namespace callmirror::daemon

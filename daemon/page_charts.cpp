#include "daemon/page_charts.hpp"

#include "daemon/text_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

std::string_view look_of(const plan::strip_cell& cell, utc_time now) {
    if (cell.state == plan::slice_state::failing) {
        return "failing";
    }
    if (cell.state == plan::slice_state::unread || !cell.read_at) {
        return "unread";
    }
    const auto age = now - *cell.read_at;
    return age < 24h ? "day" : age < 7 * 24h ? "week" : age < 31 * 24h ? "month" : "older";
}

// What has not been read is a thin line at the foot: to be told without colours as well.
std::string bar(std::string_view look, std::size_t from, std::size_t to) {
    const bool gap = look == "unread";
    return "<rect class=\"" + std::string(look) + "\" x=\"" + std::to_string(from) + "\" width=\"" +
           std::to_string(to - from) + (gap ? "\" y=\"8\" height=\"2\"/>" : "\" height=\"10\"/>");
}

std::string fixed(double number) {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.2f", number);
    return {text.data(), static_cast<std::size_t>(std::clamp(size, 0, 31))};
}

constexpr double chart_height = 20;

// A bar for each minute, on the foot or on `below`.
std::string column(std::string_view look, std::size_t minute, double value, double below,
                   double highest) {
    if (value <= 0) {
        return {};
    }
    const auto height = std::max(value / highest * chart_height, 0.5);
    const auto foot = below / highest * chart_height;
    return "<rect class=\"" + std::string(look) + "\" x=\"" + std::to_string(minute) +
           ".1\" width=\".8\" y=\"" + fixed(std::max(chart_height - foot - height, 0.0)) +
           "\" height=\"" + fixed(height) + "\"/>";
}

std::string figure(const std::string& caption, const std::string& bars) {
    return "<figure><figcaption>" + caption +
           "</figcaption><svg class=\"chart\" viewBox=\"0 0 60 20\" preserveAspectRatio=\"none\" "
           "aria-hidden=\"true\">" +
           bars + "</svg></figure>\n";
}

template <typename Value>
double highest_of(const auto& minutes, Value value) {
    double highest = 0;
    for (const auto& each : minutes) {
        highest = std::max(highest, static_cast<double>(value(each)));
    }
    return highest;
}

} // namespace

std::string history_chart(const plan::history_strip& history, utc_time now,
                          const std::string& summary) {
    if (history.cells.empty()) {
        return {};
    }
    const auto count = history.cells.size();
    std::string svg = "<svg class=\"strip\" viewBox=\"0 0 " + std::to_string(count) +
                      " 10\" preserveAspectRatio=\"none\" role=\"img\"><title>" + summary +
                      "</title>";
    for (std::size_t i = 0; i < count;) {
        const auto look = look_of(history.cells[i], now);
        auto end = i + 1;
        while (end < count && look_of(history.cells[end], now) == look) {
            ++end;
        }
        svg += bar(look, i, end);
        i = end;
    }
    return svg + "</svg>\n<p class=\"soft ends\"><span>" + format_day(history.from) +
           "</span><span>now</span></p>\n";
}

std::string history_legend() {
    std::string html = "<p class=\"soft legend\"><span>History, read last:</span>";
    const auto add = [&](const char* look, const char* text) {
        html +=
            "<span><svg viewBox=\"0 0 1 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">" +
            bar(look, 0, 1) + "</svg>" + text + "</span>";
    };
    add("day", "within a day");
    add("week", "a week");
    add("month", "a month");
    add("older", "longer ago");
    add("unread", "gap: not read yet");
    add("failing", "could not be read");
    return html + "</p>\n";
}

std::string activity_charts(const account_activity& of, double pace_limit) {
    const auto minutes = of.minutes();
    const auto sum = of.hour();
    const auto requests = highest_of(minutes, [](const auto& each) { return each.requests; });
    const auto rows = highest_of(minutes, [](const auto& each) { return each.rows; });
    const auto pace =
        std::max(highest_of(minutes, [](const auto& each) { return each.pace; }), pace_limit);
    std::string request_bars;
    std::string pace_bars;
    std::string row_bars;
    for (std::size_t i = 0; i < minutes.size(); ++i) {
        const auto& each = minutes[i];
        const double well = each.requests - std::min(each.refused, each.requests);
        request_bars += column("asked", i, well, 0, requests);
        request_bars += column("refused", i, each.refused, well, requests);
        pace_bars += column("asked", i, each.seen ? double{each.pace} : 0, 0, pace);
        row_bars += column("asked", i, each.rows, 0, rows);
    }
    const auto refused = sum.refused > 0 ? ", <span class=\"bad\">" + grouped(sum.refused) +
                                               " of them refused or failed</span>"
                                         : "";
    return "<div class=\"charts\">\n" +
           figure("<b>" + grouped(sum.requests) + "</b> " +
                      (sum.requests == 1 ? "request" : "requests") + " in the last hour" + refused,
                  request_bars) +
           figure("pace <b>" + short_number(double{sum.pace}) + "</b> of at most " +
                      short_number(pace_limit) + " requests a second",
                  pace_bars) +
           figure("<b>" + grouped(static_cast<std::uint64_t>(std::llround(of.rows_a_minute()))) +
                      "</b> rows a minute written; " + grouped(sum.rows) + " in the last hour, " +
                      grouped(sum.deleted) + " of them deleted; " + grouped(sum.rejected) +
                      " rejected",
                  row_bars) +
           "</div>\n";
}

} // namespace callmirror::daemon

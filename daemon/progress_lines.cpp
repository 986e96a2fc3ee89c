#include "daemon/progress.hpp"
#include "daemon/text_table.hpp"

#include <algorithm>
#include <array>

namespace callmirror::daemon {
namespace {

constexpr std::size_t shortest_bar = 10;
constexpr std::size_t longest_bar = 40;

std::string bar_of(double share, std::size_t width) {
    const auto inside = width - 2;
    const auto full =
        static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(inside));
    return '[' + std::string(full, '#') + std::string(inside - full, '.') + ']';
}

std::string padded(const std::string& text, std::size_t width, align to) {
    const auto have = display_width(text);
    const std::string blanks(width - std::min(width, have), ' ');
    return to == align::left ? text + blanks : blanks + text;
}

std::string left_of(const list_progress& of) {
    if (of.done) {
        return "done";
    }
    if (!of.left) {
        return "";
    }
    // More history may come to light.
    return (of.share_is_of_all ? "" : "over ") + format_duration(*of.left) + " left";
}

std::string cut_to(const std::string& text, std::size_t width) {
    std::string out;
    std::size_t places = 0;
    for (const char c : text) {
        const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        if (begins && ++places > width) {
            break;
        }
        out += c;
    }
    return out;
}

// A column: its width is the same for every list, so that they stand below one another.
struct part {
    std::string text;
    std::size_t width;
    align to;
    int matters; // the least is left out first
};

std::size_t width_of(const std::vector<part>& parts) {
    std::size_t width = 0;
    for (const auto& each : parts) {
        width += each.width + 2;
    }
    return width;
}

std::vector<part> parts_of(const list_progress& of) {
    const auto rate = of.done || of.rows_per_second <= 0 ? std::string()
                                                         : short_number(of.rows_per_second) + "/s";
    // None are ours where another process does the work.
    auto requests = of.requests == 0 ? std::string() : grouped(of.requests) + " req";
    requests +=
        of.pace > 0 && of.requests > 0 && !of.done ? ' ' + short_number(of.pace) + "/s" : "";
    return {
        {percent(of.done ? 1 : of.share), 6, align::right, 9},
        {of.day, 10, align::left, 5},
        {grouped(of.rows) + " rows", 15, align::right, 8},
        {rate, 8, align::right, 6},
        {requests, 17, align::right, 4},
        {left_of(of), 19, align::left, 7},
    };
}

} // namespace

std::string live_line(const list_progress& of, std::size_t name_width, std::size_t width) {
    auto line = padded(of.name, name_width, align::left);
    if (!of.note.empty()) {
        return cut_to(line + "  " + of.note, width);
    }
    auto parts = parts_of(of);
    while (width_of(parts) + display_width(line) > width && parts.size() > 1) {
        parts.erase(std::ranges::min_element(parts, {}, &part::matters));
    }
    const auto taken = display_width(line) + width_of(parts);
    if (taken + 2 + shortest_bar <= width) {
        line += "  " + bar_of(of.done ? 1 : of.share, std::min(longest_bar, width - taken - 2));
    }
    for (const auto& each : parts) {
        line += "  " + padded(each.text, each.width, each.to);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return cut_to(line, width);
}

std::string plain_line(const list_progress& of) {
    if (!of.note.empty()) {
        return of.name + ": " + of.note;
    }
    std::string line =
        of.name + ": " + percent(of.done ? 1 : of.share) + ", " + counted(of.rows, "row");
    if (!of.done && of.rows_per_second > 0) {
        line += " (" + short_number(of.rows_per_second) + "/s)";
    }
    if (of.requests > 0) { // none are ours where another process does the work
        line += ", " + counted(of.requests, "request");
        line += of.pace > 0 && !of.done ? " at " + short_number(of.pace) + "/s" : "";
    }
    if (!of.day.empty() && !of.done) {
        line += ", at " + of.day;
    }
    const auto left = left_of(of);
    return left.empty() ? line : line + ", " + left;
}

} // namespace callmirror::daemon

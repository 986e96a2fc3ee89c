#include "daemon/text_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace callmirror::daemon {
namespace {

std::string formatted(const char* form, double number) {
    std::array<char, 64> buffer{};
    const int size = std::snprintf(buffer.data(), buffer.size(), form, number);
    return {buffer.data(), static_cast<std::size_t>(std::clamp(size, 0, 63))};
}

void append_cell(std::string& line, std::string_view cell, std::size_t width, align to) {
    const std::string blanks(width - std::min(width, display_width(cell)), ' ');
    if (to == align::right) {
        line += blanks;
    }
    line += cell;
    if (to == align::left) {
        line += blanks;
    }
}

} // namespace

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

std::string short_number(double number) {
    if (number >= 100) {
        return grouped(static_cast<std::uint64_t>(std::llround(number)));
    }
    return formatted(number >= 10 ? "%.0f" : number >= 1 ? "%.1f" : "%.2f", number);
}

std::string percent(double share) {
    if (share >= 1) {
        return "100 %";
    }
    return formatted("%.1f %%", std::floor(std::clamp(share, 0.0, 1.0) * 1000) / 10);
}

std::string counted(std::uint64_t count, std::string_view singular) {
    return grouped(count) + ' ' + std::string(singular) + (count == 1 ? "" : "s");
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    bool in_colour = false;
    for (const char c : text) {
        const bool is_inside = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        in_colour = in_colour || c == '\x1b';
        width += in_colour || is_inside ? 0 : 1;
        in_colour = in_colour && c != 'm';
    }
    return width;
}

std::size_t widest_line(std::string_view text) {
    std::size_t widest = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        widest = std::max(widest, display_width(text.substr(0, end)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return widest;
}

std::string text_table::to_text(std::string_view indent) const {
    std::vector<std::size_t> widths(columns_.size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i]));
        }
    }
    const auto line_of = [&](const auto& cell_at) {
        std::string line(indent);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (widths[i] > 0) { // a column of nothing says nothing
                line += line.size() > indent.size() ? "  " : "";
                append_cell(line, cell_at(i), std::max(widths[i], columns_[i].title.size()),
                            columns_[i].to);
            }
        }
        line.erase(line.find_last_not_of(' ') + 1);
        return line + '\n';
    };
    std::string text = line_of([&](std::size_t i) { return std::string_view(columns_[i].title); });
    for (const auto& row : rows_) {
        text += line_of([&](std::size_t i) {
            return i < row.size() ? std::string_view(row[i]) : std::string_view();
        });
    }
    return text;
}

} // namespace callmirror::daemon

#include "tests/bench/result_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace callmirror::bench {
namespace {

using cells = std::array<std::string, 6>;

const cells heading{"what", "measured", "against", "ratio", "bar", ""};

cells cells_of(const result& line) {
    return {line.what,    line.measured,
            line.against, line.ratio ? with_digits(*line.ratio, 2) : "",
            line.bar,     line.bar.empty() ? "" : (line.good ? "ok" : "below")};
}

// Characters, not bytes: there are none but those of UTF-8's first two lengths here.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

} // namespace

void result_table::add(const result& line) {
    lines_.push_back(line);
    const auto shown = cells_of(line);
    std::fprintf(stderr, "  %s: %s | %s | %s | %s %s\n", shown[0].c_str(), shown[1].c_str(),
                 shown[2].c_str(), shown[3].c_str(), shown[4].c_str(), shown[5].c_str());
}

std::string result_table::text() const {
    std::vector<cells> all{heading};
    std::ranges::transform(lines_, std::back_inserter(all), cells_of);
    std::array<std::size_t, 6> widths{};
    for (const auto& line : all) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(line[i]));
        }
    }
    std::string made;
    for (const auto& line : all) {
        std::string shown;
        for (std::size_t i = 0; i < line.size(); ++i) {
            shown += line[i] + std::string(widths[i] - width_of(line[i]) + 2, ' ');
        }
        made += shown.substr(0, shown.find_last_not_of(' ') + 1) + '\n';
    }
    return made;
}

std::string result_table::markdown() const {
    const auto line_of = [](const cells& line) {
        std::string made = "|";
        for (const auto& cell : line) {
            made += ' ' + cell + " |";
        }
        return made + '\n';
    };
    std::string made = line_of(heading) + "| --- | --- | --- | --- | --- | --- |\n";
    for (const auto& line : lines_) {
        made += line_of(cells_of(line));
    }
    return made;
}

bool result_table::all_good() const {
    return std::ranges::all_of(lines_, &result::good);
}

double quantile(std::vector<double> values, double part) {
    std::ranges::sort(values);
    const auto place = std::ceil(part * static_cast<double>(values.size())) - 1;
    return values.at(static_cast<std::size_t>(std::max(place, 0.0)));
}

double median(std::vector<double> values) {
    return quantile(std::move(values), 0.5);
}

std::string with_digits(double value, int digits) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string grouped(double value) {
    auto text = with_digits(std::round(value), 0);
    const auto first = static_cast<std::size_t>(text.starts_with('-') ? 1 : 0);
    for (auto at = text.size(); at > first + 3;) {
        at -= 3;
        text.insert(at, ",");
    }
    return text;
}

} // namespace callmirror::bench

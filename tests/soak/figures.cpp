#include "tests/soak/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace callmirror::soak {
namespace {

double median(std::vector<double> of) {
    const auto middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
    std::nth_element(of.begin(), middle, of.end());
    return *middle;
}

std::vector<double> values(const std::vector<point>& of, std::size_t from, std::size_t to) {
    std::vector<double> all;
    for (std::size_t at = from; at < to; ++at) {
        all.push_back(of[at].value);
    }
    return all;
}

double theil_sen(const std::vector<point>& of) {
    std::vector<double> slopes;
    for (std::size_t first = 0; first < of.size(); ++first) {
        for (std::size_t second = first + 1; second < of.size(); ++second) {
            slopes.push_back((of[second].value - of[first].value) /
                             (of[second].hours - of[first].hours));
        }
    }
    return median(std::move(slopes));
}

} // namespace

verdict judge(const figure& of) {
    const auto& points = of.points;
    const auto tenth = std::max<std::size_t>(points.size() / 10, 1);
    const auto all = values(points, 0, points.size());
    verdict made{.first = median(values(points, 0, tenth)),
                 .last = median(values(points, points.size() - tenth, points.size())),
                 .lowest = *std::min_element(all.begin(), all.end()),
                 .highest = *std::max_element(all.begin(), all.end()),
                 .slope = theil_sen(points)};
    std::vector<double> levels;
    for (const auto& each : points) {
        levels.push_back(each.value - made.slope * each.hours);
    }
    const double level = median(levels);
    for (auto& each : levels) {
        each = std::abs(each - level);
    }
    made.growth = made.slope * (points.back().hours - points.front().hours);
    made.allowed = std::max(3 * median(levels), of.floor);
    made.grows = made.growth > made.allowed;
    return made;
}

std::string table(const std::vector<figure>& of) {
    char line[200];
    std::snprintf(line, sizeof line, "%-26s %9s %9s %9s %9s %11s %9s %9s\n", "", "first", "last",
                  "lowest", "highest", "slope/h", "growth", "allowed");
    std::string text = line;
    for (const auto& each : of) {
        const auto is = judge(each);
        std::snprintf(line, sizeof line, "%-26s %9.1f %9.1f %9.1f %9.1f %+11.2f %+9.2f %9.2f  %s\n",
                      (each.name + (each.unit.empty() ? "" : ", " + each.unit)).c_str(), is.first,
                      is.last, is.lowest, is.highest, is.slope, is.growth, is.allowed,
                      is.grows ? "GROWS" : "ok");
        text += line;
    }
    return text;
}

} // namespace callmirror::soak

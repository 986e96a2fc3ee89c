// What a soak watches, and the rule that says whether it grows. Pure.
#pragma once

#include <string>
#include <vector>

namespace callmirror::soak {

struct point {
    double hours = 0; // since the start
    double value = 0;
};

// One figure over time.
struct figure {
    std::string name;
    std::string unit;
    double floor = 0; // growth over the whole time that is never called one: see verdict
    std::vector<point> points{};
};

// The rule. The slope is Theil and Sen's: the median of the slopes between any two points, which a
// third of outliers (an outage) does not move. The noise is how far the points stray from that
// line: 3 times the median distance. A figure grows where slope times the measured time is more
// than the noise and more than the figure's floor.
struct verdict {
    double first = 0; // medians of the first and the last tenth
    double last = 0;
    double lowest = 0;
    double highest = 0;
    double slope = 0;   // an hour
    double growth = 0;  // slope times the measured time
    double allowed = 0; // the larger one of noise and floor
    bool grows = false;
};

// Of at least ten points.
verdict judge(const figure& of);

// A table for people, a line a figure.
std::string table(const std::vector<figure>& of);

} // namespace callmirror::soak

#include "tests/simulation/trace.hpp"

#include <cstdio>

namespace callmirror::simulation {

void trace::add(steady_time at, utc_time true_time, std::string line) {
    if (!wanted()) {
        return;
    }
    char when[40];
    std::snprintf(when, sizeof when, "%12.3f ", std::chrono::duration<double>(at).count());
    auto whole = when + format_utc(true_time) + " " + std::move(line);
    if (print_) {
        std::puts(whole.c_str());
        return;
    }
    lines_.push_back(std::move(whole));
    if (lines_.size() > kept_) {
        lines_.pop_front();
    }
}

std::string trace::text() const {
    std::string all;
    for (const auto& line : lines_) {
        all += line;
        all += '\n';
    }
    return all;
}

} // namespace callmirror::simulation

// What happened lately, for people: requests, commits, decisions, faults. Only the last lines are
// kept, unless they are printed as they come.
#pragma once

#include "sync/base/time.hpp"

#include <cstddef>
#include <deque>
#include <string>

namespace callmirror::simulation {

class trace {
public:
    trace(std::size_t kept, bool print)
        : kept_(kept)
        , print_(print) {}

    // False: nobody will read it, so its text need not be made.
    bool wanted() const { return kept_ > 0 || print_; }
    void add(steady_time at, utc_time true_time, std::string line);
    // All that is kept, a line each.
    std::string text() const;

private:
    std::size_t kept_;
    bool print_;
    std::deque<std::string> lines_;
};

} // namespace callmirror::simulation

// L0, what reading could cost at the least: the same pages fetched and parsed by the program's own
// parts, and nothing done with them.
#pragma once

#include "tests/bench/api_process.hpp"

#include <string>
#include <vector>

namespace callmirror::bench {

struct pages_read {
    double seconds = 0;
    double cpu_seconds = 0; // of this thread, which does it all
    std::size_t records = 0;
};

// Asks for stream events only. Throws where a page can't be read.
pages_read read_pages(const api_process& from, const std::vector<std::string>& targets,
                      std::size_t in_flight);

} // namespace callmirror::bench

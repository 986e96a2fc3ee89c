// What the read of a slice collects before it is written: large enough that a commit's own time
// counts for little, small enough for several reads at once in a daemon's memory.
#pragma once

#include <cstddef>

namespace callmirror::engine {

struct batch_limits {
    std::size_t rows = 5'000;
    std::size_t bytes = std::size_t{4} << 20U; // of COPY lines
};

} // namespace callmirror::engine

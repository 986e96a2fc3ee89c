// What the kernel says of this process, as Prometheus' process_* metrics want it.
#pragma once

#include <cstdint>

namespace callmirror::daemon {

struct process_figures {
    double cpu_seconds = 0;
    double started_at = 0; // seconds since 1970
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t threads = 0;
    std::uint64_t open_files = 0;
    std::uint64_t most_files = 0; // 0: no limit
};

// From /proc; what can't be read stays 0.
process_figures read_process_figures();

} // namespace callmirror::daemon

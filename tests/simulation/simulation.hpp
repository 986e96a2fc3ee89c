// Plays one scenario: the real engine against a simulated world, in one thread and no time at all.
#pragma once

#include "tests/simulation/process.hpp"
#include "tests/simulation/scenario.hpp"

#include <memory>
#include <string>
#include <vector>

namespace callmirror::simulation {

struct outcome {
    std::string wrong; // the broken promise; "" where all went well
    std::string trace;
    std::uint64_t requests = 0;
    std::uint64_t commits = 0;
    std::uint64_t deaths = 0;
    std::chrono::seconds simulated{0};
    std::vector<universe::log_line> log{}; // info and above, of all processes
};

// `kept`: lines of trace. `print`: they are printed as they come, instead.
outcome play(const scenario& of, std::size_t kept, bool print);

} // namespace callmirror::simulation

// The set-up of a command that --account and --resource narrow.
#pragma once

#include "daemon/command_line.hpp"
#include "daemon/exit_status.hpp"
#include "daemon/setup.hpp"

#include <string>
#include <variant>

namespace callmirror::daemon {

struct setup_failure {
    exit_status status;
    std::string text; // lines for standard error
};

// With the narrowed accounts alone; only their keys are read.
std::variant<setup, setup_failure> load_narrowed_setup(const command_line& line);

} // namespace callmirror::daemon

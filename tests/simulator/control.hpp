// The simulator's own door, under /_simulator/: lets shell scripts and tests in any language look
// at the world, change it, and set manners and faults. Pure; the server lets loopback in only.
#pragma once

#include "tests/simulator/message.hpp"
#include "tests/simulator/service.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace callmirror::simulator {

// What the server knows and the service does not.
struct traffic {
    std::uint64_t connections = 0;
    std::uint64_t most_in_flight = 0; // requests at the same time
};

bool is_control(std::string_view target);
// 200 with JSON, NDJSON or text; 400 and 404 with a JSON error.
response control(service& api, const traffic& seen, const request& asked, std::string_view body);
// What can be asked, as GET /_simulator/ shows it.
std::string help_on_control();

} // namespace callmirror::simulator

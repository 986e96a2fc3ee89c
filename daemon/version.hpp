// Which callmirror this is.
#pragma once

#include <string>
#include <string_view>

namespace callmirror::daemon {

std::string_view version(); // "0.1.0"

// For --version: the program, and what it was built with, a line each.
std::string version_text();

} // namespace callmirror::daemon

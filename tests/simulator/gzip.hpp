// gzip as a server does it in passing. Pure.
#pragma once

#include <string>
#include <string_view>

namespace callmirror::simulator {

std::string gzip(std::string_view plain);
// For tests; throws std::runtime_error for what is no gzip.
std::string gunzip(std::string_view packed);

} // namespace callmirror::simulator

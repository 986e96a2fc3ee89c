// The status page: one HTML document that needs nothing else. It shows itself anew every few
// seconds, by a script of its own or, where scripts are off, by loading again. Pure.
#pragma once

#include "daemon/web_view.hpp"

#include <string>
#include <string_view>

namespace callmirror::daemon {

// Everything that comes from outside is escaped. Shows no records, only counts. Where there are
// many accounts, those that are well take a line each; `only` shows one of them in full, and ""
// or an unknown name all.
std::string status_page(const web_view& view, std::string_view only = "");

} // namespace callmirror::daemon

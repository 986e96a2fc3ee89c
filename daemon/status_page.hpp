// The status page: one HTML document that needs nothing else, no script either; it loads itself
// again every 15 seconds. Pure.
#pragma once

#include "daemon/web_view.hpp"

#include <string>
#include <string_view>

namespace callmirror::daemon {

// Everything that comes from outside is escaped. Shows no records, only counts.
std::string status_page(const web_view& view);

// Text as it may stand in HTML, in an attribute's double quotes as well.
std::string escaped(std::string_view text);

} // namespace callmirror::daemon

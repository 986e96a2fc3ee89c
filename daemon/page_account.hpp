// An account on the status page: its state, its last hour, its lists. Pure.
#pragma once

#include "daemon/trust.hpp"

#include <string>

namespace callmirror::daemon {

std::string account_section(const engine::account_view& account, const web_view& view);

// The same in a line, with a link to the page that has it in full: where there are many accounts.
std::string account_line(const engine::account_view& account, const web_view& view);

// "good", "soft", "care", "bad": as the style calls it.
std::string_view look_of(trust how);

} // namespace callmirror::daemon

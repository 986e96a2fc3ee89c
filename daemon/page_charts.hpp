// The status page's pictures, as SVG: how a list's history has been read, and what an account did
// in the last hour. Pure; nothing in them comes from outside.
#pragma once

#include "daemon/activity.hpp"
#include "sync/plan/strip.hpp"

#include <string>

namespace callmirror::daemon {

// A bar of history, coloured by the age of its last read; what has not been read is a gap.
// `summary` says it in words, as HTML. "" where there is no time axis.
std::string history_chart(const plan::history_strip& history, utc_time now,
                          const std::string& summary);
std::string history_legend();

// Requests, pace and written rows, minute by minute.
std::string activity_charts(const account_activity& of, double pace_limit);

} // namespace callmirror::daemon

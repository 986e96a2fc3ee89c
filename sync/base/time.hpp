// Points in time as text: the forms that the API, the configuration and HTTP use.
// Pure: no clock, no locale, no time zone database; every function is thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callmirror {

// Wall-clock time, UTC. Slices, due times and everything in the database use it.
using utc_time = std::chrono::sys_time<std::chrono::milliseconds>;

// A monotonic clock's time since an arbitrary start. Pace, time limits and the head's poll use it:
// a step of the wall clock must not stop or hurry them.
using steady_time = std::chrono::microseconds;

// Stands for "no upper bound": the head ends here, and so does a snapshot's one slice.
// min() is "no lower bound".
inline constexpr utc_time end_of_time = utc_time::max();
inline constexpr utc_time start_of_time = utc_time::min();

// "2026-11-20T10:00:00.000Z". Years 0001 to 9999; anything beyond is clamped.
std::string format_utc(utc_time time);

// "2026-11-20".
std::string format_day(utc_time time);

// RFC 3339 and its relatives that APIs serve: "T" or a blank between date and time, seconds and
// fraction optional, offset "Z", "+02:00", "+0200", "+02" or none (then UTC), or a date alone
// (midnight UTC). Fractions beyond milliseconds are cut. Leap second 60 counts as 59.999.
// nullopt for anything else, with trailing characters too, and for what is before year 0001 or
// after 9999 in UTC. Does not allocate.
std::optional<utc_time> parse_time(std::string_view text);

// IMF-fixdate ("Sun, 06 Nov 1994 08:49:37 GMT"), RFC 850 and asctime forms, as RFC 9110 5.6.7 asks.
// Two-digit years are 1970 to 2069. The weekday has to be one, but need not be the date's.
std::optional<utc_time> parse_http_date(std::string_view text);

// Midnight UTC at or before `time`; the bounds of time stay what they are.
utc_time floor_day(utc_time time);

// "850 ms", "4.2 s", "42 s", "12 m", "3 h 20 m", "17 d": two units at most, for people. Cut, not
// rounded; a second unit that is zero is left out.
std::string format_duration(std::chrono::milliseconds duration);

} // namespace callmirror

// What calls and events are like: decided by the seed and the record's number, so that a record
// needs no place for it. Pure.
#pragma once

#include "tests/simulator/time_index.hpp"

#include <cstddef>
#include <cstdint>

namespace callmirror::simulator {

// What an event is about; `kind` of its record.
enum class event_type : std::uint8_t {
    joined,
    left,
    recording,
    summary,
    screenshot,
    message,
    muted
};
enum class call_status : std::uint8_t { answered, missed, abandoned };

call_status status_of(std::uint64_t seed, ordinal call);
// Until it is answered or given up.
std::int64_t ring_ms(std::uint64_t seed, ordinal call);
// 0 where it was not answered.
std::int64_t talk_ms(std::uint64_t seed, ordinal call);
// An event_type; what stands between a stream's first and last event.
std::uint8_t event_kind(std::uint64_t seed, std::size_t event);

// The share of a day's arrivals that falls into the hour that begins at `at` (ms, UTC): more in the
// morning than at night, more on a Monday than on a Sunday. An average week's add up to 7.
double share_of_hour(std::int64_t at);

// The last multiple of `unit` at or before `time`, both in ms.
std::int64_t floor_to(std::int64_t time, std::int64_t unit);

} // namespace callmirror::simulator

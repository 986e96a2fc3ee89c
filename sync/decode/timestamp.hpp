// Points in time as APIs write them, for a timestamptz column. Pure and thread-safe.
#pragma once

#include "sync/decode/byte_buffer.hpp"

#include <string_view>

namespace callmirror::decode {

// Appends `text` as RFC 3339 in UTC, to the microsecond. False, with nothing appended, where it is
// no time; see field_value.hpp for what is one.
bool append_timestamp(byte_buffer& to, std::string_view text);

} // namespace callmirror::decode

// JSON values as fields of COPY's text format, by the type of their column. Pure and thread-safe.
//
// What fits where:
//   text              strings, numbers and booleans as they are written; not objects and arrays
//   bigint            whole numbers, "12.0" too, as number or string
//   double precision  numbers, as number or string, that PostgreSQL can hold
//   boolean           true, false, 1, 0, as themselves or as string
//   timestamptz       what parse_time() reads, to the microsecond, without an offset as UTC; or, as
//                     number or string, seconds since 1970 from 100,000,000 to 99,999,999,999
//                     (years 1973 to 5138) and milliseconds from there to the end of the year 9999.
//                     Smaller numbers are durations, years or zeros that stand for "never".
//   jsonb             anything
#pragma once

#include "sync/decode/byte_buffer.hpp"
#include "sync/decode/json_text.hpp"
#include "sync/providers/provider.hpp"

#include <string>
#include <string_view>

namespace callmirror::decode {

// Appends `value`, which is neither absent nor null, to `to`. False, with nothing appended, where
// it does not fit. `scratch` holds what is unescaped on the way.
bool append_field(byte_buffer& to, providers::column_type type, const json_value& value,
                  byte_buffer& scratch);

// A record's key in its canonical form: digits for bigint; text of 1 to 1024 bytes. False, with
// nothing appended, where it does not fit.
bool append_key(byte_buffer& to, providers::column_type type, const json_value& value,
                byte_buffer& scratch);

// `"started_at" is "yesterday", want a time`; printable.
std::string describe_misfit(std::string_view name, providers::column_type type,
                            const json_value& value);
// The same for a key that append_key() refused.
std::string describe_bad_key(std::string_view name, providers::column_type type,
                             const json_value& value);

} // namespace callmirror::decode

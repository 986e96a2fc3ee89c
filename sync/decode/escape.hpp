// Strings between JSON, UTF-8 and COPY's text format. Pure and thread-safe.
// U+0000 and lone surrogates, which PostgreSQL can't hold, become U+FFFD everywhere.
#pragma once

#include "sync/decode/byte_buffer.hpp"

#include <string>
#include <string_view>

namespace callmirror::decode {

// Appends what a JSON string's contents (no quotes) say, as UTF-8. False at an escape that JSON
// does not know; what was appended by then stays.
bool append_unescaped(byte_buffer& to, std::string_view contents);

// What they say; at a bad escape what came before it.
std::string unescaped(std::string_view contents);

// Appends plain text as part of a COPY field.
void append_copied(byte_buffer& to, std::string_view text);

// Appends JSON, already free of blanks between its tokens, as part of a COPY field: every backslash
// doubled. False at an escape that JSON does not know.
bool append_json(byte_buffer& to, std::string_view json);

// `text` with U+FFFD for each sequence that is not UTF-8 (the longest one that could have become a
// character counts as one, as browsers do) and for each U+0000.
std::string with_valid_utf8(std::string_view text);

} // namespace callmirror::decode

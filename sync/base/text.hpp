// Text from outside made safe to show, and small text tools every layer needs.
// Pure and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callmirror {

// `text` as it may stand in a log line, an error or a terminal: control characters (C1, line
// separators and marks that turn the direction of writing among them), DEL and invalid UTF-8 become
// \xnn a byte, and a text longer than `limit` bytes is cut at a character's end and marked with
// "...". Keeps a record from forging log lines or escapes. Double quotes and backslashes are
// escaped where it is to stand between quotes, and left alone in a sentence of somebody else's.
enum class placed : std::uint8_t { between_quotes, in_a_sentence };
std::string printable(std::string_view text, std::size_t limit = 200,
                      placed where = placed::between_quotes);

// The number of single-character edits between two words, a swap of neighbours counting as one.
std::size_t edit_distance(std::string_view a, std::string_view b);

// ASCII only, whatever the locale.
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);

// A list of the API as people are told of it, everywhere: "calls", "streams of company 123".
// `company`: its id; empty where the list is the account's own.
std::string list_name(std::string_view resource, std::string_view company);

} // namespace callmirror

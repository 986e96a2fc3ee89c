// Numbers as JSON and APIs write them. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace callmirror::decode {

// RFC 8259, section 6.
bool is_json_number(std::string_view text);

// Digits with or without a sign; with `zero_fraction` "12.0" too. nullopt for anything else and
// beyond 64 bits.
enum class fraction : bool { refused, zeros };
std::optional<std::int64_t> parse_whole(std::string_view text, fraction allowed);

// What PostgreSQL's double precision holds: nullopt for infinities, NaN, what overflows, and what
// is not zero but too small to be told from it. A plus sign and leading zeros are allowed.
std::optional<double> parse_real(std::string_view text);

} // namespace callmirror::decode

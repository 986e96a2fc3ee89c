// What may happen to a field of the API's records: see field_book.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace callmirror::engine {

enum class field_change : std::uint8_t { appeared, retyped, vanished, returned };
inline constexpr std::size_t kinds_of_field_change = 4;
std::string_view name_of(field_change change);

} // namespace callmirror::engine

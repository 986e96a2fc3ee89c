// Keys that look random and yet name a record: tokens, button ids, UUIDs. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callmirror::simulator {

// 22 characters of [a-z0-9] without l and o; the same for the same `salt` and `number`.
std::string token_of(std::uint64_t salt, std::uint32_t number);
// The number that token_of() made this token from; nullopt for any other text.
std::optional<std::uint32_t> number_of_token(std::uint64_t salt, std::string_view token);

// "6f1c2a9e-....": a version 4 UUID in form.
std::string uuid_of(std::uint64_t salt, std::uint32_t number);
std::optional<std::uint32_t> number_of_uuid(std::uint64_t salt, std::string_view uuid);

} // namespace callmirror::simulator

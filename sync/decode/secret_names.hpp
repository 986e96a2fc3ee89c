// Which members of a record hold credentials, by their names. Pure and thread-safe.
#pragma once

#include "sync/providers/provider.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace callmirror::decode {

// Whether a member of this name holds a credential, as providers::credentials::removed has it.
bool is_secret_name(std::string_view name, std::span<const std::string_view> secrets);

// What becomes of the value of a member of this name.
enum class treatment : std::uint8_t { keep, remove, hash };
treatment treatment_of(std::string_view name, const providers::credentials& rules);

// SHA-256 of `text`, 64 hexadecimal digits: what is kept where a credential is a record's key.
std::string sha256_of(std::string_view text);

} // namespace callmirror::decode

#include "tests/simulator/keys.hpp"

#include "tests/simulator/chance.hpp"

#include <array>

namespace callmirror::simulator {
namespace {

// The number stands first, enciphered by a four-round Feistel network of 16-bit halves; what
// follows is a check, so that a guessed token names nothing.
std::uint32_t scramble(std::uint64_t salt, std::uint32_t number, bool forward) {
    auto left = static_cast<std::uint16_t>(number >> 16U);
    auto right = static_cast<std::uint16_t>(number);
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned round = forward ? i : 3 - i;
        const auto& turned = forward ? right : left;
        const auto scattered = static_cast<std::uint16_t>(mix(salt, round, turned));
        if (forward) {
            const auto next = static_cast<std::uint16_t>(left ^ scattered);
            left = right;
            right = next;
        } else {
            const auto previous = static_cast<std::uint16_t>(right ^ scattered);
            right = left;
            left = previous;
        }
    }
    return (static_cast<std::uint32_t>(left) << 16U) | right;
}

constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789"; // 32

void append_base32(std::string& out, std::uint64_t bits, unsigned characters) {
    for (unsigned i = 0; i < characters; ++i) {
        out += alphabet[(bits >> (5 * i)) & 31U];
    }
}

constexpr std::string_view hexadecimal = "0123456789abcdef";

void append_hex(std::string& out, std::uint64_t bits, unsigned digits) {
    for (unsigned i = digits; i-- > 0;) {
        out += hexadecimal[(bits >> (4 * i)) & 15U];
    }
}

} // namespace

std::string token_of(std::uint64_t salt, std::uint32_t number) {
    std::string token;
    token.reserve(22);
    append_base32(token, scramble(salt, number, true), 7);
    append_base32(token, mix(salt, number, 7), 12);
    append_base32(token, mix(salt, number, 11), 3);
    return token;
}

std::optional<std::uint32_t> number_of_token(std::uint64_t salt, std::string_view token) {
    if (token.size() != 22) {
        return std::nullopt;
    }
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < 7; ++i) {
        const auto digit = alphabet.find(token[i]);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        bits |= static_cast<std::uint64_t>(digit) << (5 * i);
    }
    const auto number = scramble(salt, static_cast<std::uint32_t>(bits), false);
    return token_of(salt, number) == token ? std::optional(number) : std::nullopt;
}

std::string uuid_of(std::uint64_t salt, std::uint32_t number) {
    const auto noise = mix(salt, number, 13);
    std::string uuid;
    uuid.reserve(36);
    append_hex(uuid, scramble(salt, number, true), 8);
    uuid += '-';
    append_hex(uuid, noise, 4);
    uuid += "-4";
    append_hex(uuid, noise >> 16U, 3);
    uuid += "-a";
    append_hex(uuid, noise >> 28U, 3);
    uuid += '-';
    append_hex(uuid, mix(noise), 12);
    return uuid;
}

std::optional<std::uint32_t> number_of_uuid(std::uint64_t salt, std::string_view uuid) {
    if (uuid.size() != 36) {
        return std::nullopt;
    }
    std::uint32_t bits = 0;
    for (unsigned i = 0; i < 8; ++i) {
        const auto digit = hexadecimal.find(uuid[i]);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        bits = (bits << 4U) | static_cast<std::uint32_t>(digit);
    }
    const auto number = scramble(salt, bits, false);
    return uuid_of(salt, number) == uuid ? std::optional(number) : std::nullopt;
}

} // namespace callmirror::simulator

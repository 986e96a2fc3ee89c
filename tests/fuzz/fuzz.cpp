#include "tests/fuzz/fuzz.hpp"

#include <simdjson.h>

#include <cstdio>
#include <cstdlib>

namespace callmirror::fuzz {
namespace {

bool has_any_between(std::string_view text, std::string_view lead, unsigned first, unsigned last) {
    for (auto at = text.find(lead); at != text.npos; at = text.find(lead, at + 1)) {
        const auto next = at + lead.size();
        const unsigned byte = next < text.size() ? static_cast<unsigned char>(text[next]) : 0;
        if (byte >= first && byte <= last) {
            return true;
        }
    }
    return false;
}

} // namespace

std::size_t input::choose(std::size_t count) {
    if (rest_.empty()) {
        return 0;
    }
    const auto choice = static_cast<unsigned char>(rest_.front() - '0');
    rest_.remove_prefix(1);
    return choice % count;
}

void require(bool holds, std::string_view what, std::string_view about) {
    if (holds) {
        return;
    }
    std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
    std::fprintf(stderr, "about (%zu bytes): %.*s\n", about.size(), static_cast<int>(about.size()),
                 about.data());
    std::abort();
}

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

bool is_safe_line(std::string_view text) {
    for (const char each : text) {
        if (static_cast<unsigned char>(each) < 0x20 || each == 0x7F) {
            return false;
        }
    }
    return is_utf8(text) && !has_any_between(text, "\xC2", 0x80, 0x9F) && // C1
           !has_any_between(text, "\xE2\x80", 0xA8, 0xAE) &&              // separators, directions
           !has_any_between(text, "\xE2\x81", 0xA6, 0xA9);                // isolates
}

} // namespace callmirror::fuzz

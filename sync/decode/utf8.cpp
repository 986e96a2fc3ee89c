#include "sync/decode/escape.hpp"

#include <string>
#include <string_view>

namespace callmirror::decode {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// How many bytes the character at the start of `text` has, or, negated, how many are to be
// replaced. Table 3-7 of the Unicode standard.
int utf8_step(std::string_view text) {
    const auto byte = [text](std::size_t at) -> unsigned {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80U) {
        return lead == 0 ? -1 : 1;
    }
    const int length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    if (lead < 0xC2U || lead > 0xF4U) {
        return -1;
    }
    const unsigned lowest = lead == 0xE0U ? 0xA0U : lead == 0xF0U ? 0x90U : 0x80U;
    const unsigned highest = lead == 0xEDU ? 0x9FU : lead == 0xF4U ? 0x8FU : 0xBFU;
    if (byte(1) < lowest || byte(1) > highest) {
        return -1;
    }
    for (int at = 2; at < length; ++at) {
        if ((byte(static_cast<std::size_t>(at)) & 0xC0U) != 0x80U) {
            return -at;
        }
    }
    return length;
}

} // namespace

std::string with_valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size() + text.size() / 8);
    while (!text.empty()) {
        const int step = utf8_step(text);
        const auto length = static_cast<std::size_t>(step < 0 ? -step : step);
        valid += step < 0 ? replacement : text.substr(0, length);
        text.remove_prefix(length);
    }
    return valid;
}

} // namespace callmirror::decode

#include "sync/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace callmirror {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

bool is_continuation(unsigned byte) {
    return (byte & 0xC0U) == 0x80U;
}

// The length and code point of the character `text` starts with; length 0 where it is not UTF-8 as
// RFC 3629 has it (overlong forms, surrogates and code points over U+10FFFF are not).
struct character {
    std::size_t length = 0;
    std::uint32_t code = 0;
};

character first_character(std::string_view text) {
    const unsigned lead = byte_at(text, 0);
    if (lead < 0x80U) {
        return {1, lead};
    }
    const std::size_t length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    if (lead < 0xC2U || lead > 0xF4U || text.size() < length) {
        return {};
    }
    std::uint32_t code = lead & (0x7FU >> length);
    for (std::size_t at = 1; at < length; ++at) {
        if (!is_continuation(byte_at(text, at))) {
            return {};
        }
        code = code << 6U | (byte_at(text, at) & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800U) || (length == 4 && code < 0x10000U);
    const bool surrogate = code >= 0xD800U && code <= 0xDFFFU;
    if (overlong || surrogate || code > 0x10FFFFU) {
        return {};
    }
    return {length, code};
}

// C0, DEL, C1 (terminals obey them too), line and paragraph separators, and the marks that turn the
// direction of writing: all that makes a line look like what it is not.
bool misleads(std::uint32_t code) {
    return code < 0x20U || (code >= 0x7FU && code <= 0x9FU) ||
           (code >= 0x2028U && code <= 0x202EU) || (code >= 0x2066U && code <= 0x2069U);
}

void append_hex(std::string& to, std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        to += "\\x";
        to += digits[byte >> 4U];
        to += digits[byte & 0xFU];
    }
}

std::string_view cut_at_character(std::string_view text, std::size_t limit) {
    std::size_t end = limit;
    // A character has at most three bytes after its first: more of them are not one character.
    for (int back = 0; back < 3 && end > 0 && is_continuation(byte_at(text, end)); ++back) {
        --end;
    }
    return text.substr(0, is_continuation(byte_at(text, end)) ? limit : end);
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

} // namespace

std::string printable(std::string_view text, std::size_t limit, placed where) {
    const bool cut = text.size() > limit;
    if (cut) {
        text = cut_at_character(text, limit);
    }
    std::string shown;
    shown.reserve(text.size() + 8);
    while (!text.empty()) {
        const character next = first_character(text);
        const std::size_t length = std::max<std::size_t>(next.length, 1);
        const std::string_view bytes = text.substr(0, length);
        if (next.length == 0 || misleads(next.code)) {
            append_hex(shown, bytes);
        } else {
            if (where == placed::between_quotes && (bytes == "\"" || bytes == "\\")) {
                shown += '\\';
            }
            shown += bytes;
        }
        text.remove_prefix(length);
    }
    return cut ? shown + "..." : shown;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Optimal string alignment, three rows of its matrix at a time.
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before, above);
        std::swap(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row[b.size()];
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string list_name(std::string_view resource, std::string_view company) {
    std::string name(resource);
    if (!company.empty()) {
        name.append(" of company ").append(company);
    }
    return name;
}

} // namespace callmirror

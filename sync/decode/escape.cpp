#include "sync/decode/escape.hpp"

#include <cstdint>

namespace callmirror::decode {
namespace {

constexpr std::uint32_t replacement_code = 0xFFFD;

// What stands at a backslash: how many bytes it takes in the text, and what it means.
struct escape {
    std::size_t length = 0; // 0: nothing that JSON knows
    std::uint32_t code = 0;
    bool replaced = false; // U+0000 or a lone surrogate
};

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The unit of "\uXXXX" at the start of `text`, or -1.
std::int32_t unicode_unit(std::string_view text) {
    if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') {
        return -1;
    }
    std::int32_t unit = 0;
    for (const char c : text.substr(2, 4)) {
        const int digit = hex_digit(c);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

bool is_high_surrogate(std::int32_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(std::int32_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

escape unicode_escape(std::string_view text) {
    const std::int32_t unit = unicode_unit(text);
    if (unit < 0) {
        return {};
    }
    if (is_high_surrogate(unit)) {
        const std::int32_t second = unicode_unit(text.substr(6));
        if (is_low_surrogate(second)) {
            const std::int32_t code = 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
            return {12, static_cast<std::uint32_t>(code), false};
        }
    }
    if (unit == 0 || is_high_surrogate(unit) || is_low_surrogate(unit)) {
        return {6, replacement_code, true};
    }
    return {6, static_cast<std::uint32_t>(unit), false};
}

// `text` starts with a backslash.
escape read_escape(std::string_view text) {
    if (text.size() < 2) {
        return {};
    }
    switch (text[1]) {
    case '"':
    case '\\':
    case '/':
        return {2, static_cast<unsigned char>(text[1]), false};
    case 'b':
        return {2, '\b', false};
    case 'f':
        return {2, '\f', false};
    case 'n':
        return {2, '\n', false};
    case 'r':
        return {2, '\r', false};
    case 't':
        return {2, '\t', false};
    case 'u':
        return unicode_escape(text);
    default:
        return {};
    }
}

void append_utf8(byte_buffer& to, std::uint32_t code) {
    char* at = to.room(4);
    const auto tail = [code](unsigned shift) {
        return static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
    };
    if (code < 0x80U) {
        at[0] = static_cast<char>(code);
        to.add(1);
    } else if (code < 0x800U) {
        at[0] = static_cast<char>(0xC0U | (code >> 6U));
        at[1] = tail(0);
        to.add(2);
    } else if (code < 0x10000U) {
        at[0] = static_cast<char>(0xE0U | (code >> 12U));
        at[1] = tail(6);
        at[2] = tail(0);
        to.add(3);
    } else {
        at[0] = static_cast<char>(0xF0U | (code >> 18U));
        at[1] = tail(12);
        at[2] = tail(6);
        at[3] = tail(0);
        to.add(4);
    }
}

// The letter that COPY writes behind a backslash for `c`, or 0 where `c` stands for itself.
char copy_escape(char c) {
    switch (c) {
    case '\\':
        return '\\';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    default:
        return 0;
    }
}

} // namespace

bool append_unescaped(byte_buffer& to, std::string_view contents) {
    for (;;) {
        const std::size_t plain = contents.find('\\');
        to.append(contents.substr(0, plain));
        if (plain == std::string_view::npos) {
            return true;
        }
        contents.remove_prefix(plain);
        const escape found = read_escape(contents);
        if (found.length == 0) {
            return false;
        }
        append_utf8(to, found.code);
        contents.remove_prefix(found.length);
    }
}

void append_copied(byte_buffer& to, std::string_view text) {
    char* out = to.room(text.size() * 2);
    char* const begin = out;
    for (const char c : text) {
        const char letter = copy_escape(c);
        if (letter != 0) {
            *out++ = '\\';
        }
        *out++ = letter != 0 ? letter : c;
    }
    to.add(static_cast<std::size_t>(out - begin));
}

bool append_json(byte_buffer& to, std::string_view json) {
    for (;;) {
        const std::size_t plain = json.find('\\');
        to.append(json.substr(0, plain));
        if (plain == std::string_view::npos) {
            return true;
        }
        json.remove_prefix(plain);
        const escape found = read_escape(json);
        if (found.length == 0) {
            return false;
        }
        if (found.replaced) {
            to.append("\\\\ufffd");
        } else {
            append_copied(to, json.substr(0, found.length));
        }
        json.remove_prefix(found.length);
    }
}

std::string unescaped(std::string_view contents) {
    byte_buffer plain;
    append_unescaped(plain, contents);
    return std::string(plain.view());
}

} // namespace callmirror::decode

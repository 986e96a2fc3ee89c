#include "sync/base/text.hpp"
#include "sync/base/time.hpp"
#include "sync/decode/field_catalog.hpp"

#include <algorithm>

namespace callmirror::decode {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string without_digits(std::string_view text) {
    std::string masked(text);
    std::ranges::replace_if(masked, is_digit, '9');
    return masked;
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return text.size() == form.size() && std::ranges::equal(text, form, [](char c, char f) {
               return f == 'x' ? is_hex(c) : c == f;
           });
}

bool is_email(std::string_view text) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && text.find('.', at) != std::string_view::npos &&
           text.find_first_of(" \t\\/") == std::string_view::npos;
}

// A time in one of the usual forms, of digits and - : T Z + . and blanks alone.
bool is_time(std::string_view text) {
    constexpr std::string_view others = "-:TZ+. ";
    constexpr std::size_t shortest = 10;
    constexpr std::size_t longest = 40;
    return text.size() >= shortest && text.size() <= longest && is_digit(text.front()) &&
           std::ranges::all_of(
               text, [&](char c) { return is_digit(c) || others.find(c) != others.npos; }) &&
           parse_time(text).has_value();
}

std::string sized(std::string_view what, std::size_t size) {
    return std::string(what) + '(' + std::to_string(size) + ')';
}

std::string text_shape(std::string_view text) {
    if (is_uuid(text)) {
        return "uuid";
    }
    if (is_time(text)) {
        return without_digits(text);
    }
    if (!text.empty() && std::ranges::all_of(text, is_digit)) {
        return sized("digits", text.size());
    }
    if (text.starts_with("http://") || text.starts_with("https://") ||
        text.starts_with("https:\\/\\/")) {
        return "url";
    }
    return is_email(text) ? "email" : sized("text", text.size());
}

} // namespace

std::string value_shape(std::string_view token) {
    constexpr std::size_t longest_number = 24;
    switch (token.front()) {
    case '"':
        return text_shape(token.substr(1, token.size() - 2));
    case '{':
        return "object";
    case '[':
        return "list";
    case 't':
    case 'f':
        return "true or false";
    case 'n':
        return "null";
    default:
        return token.size() <= longest_number ? without_digits(token)
                                              : sized("number", token.size());
    }
}

std::string_view type_name(json_kind kind) {
    switch (kind) {
    case json_kind::absent:
        break;
    case json_kind::null:
        return "null";
    case json_kind::boolean:
        return "boolean";
    case json_kind::number:
        return "number";
    case json_kind::string:
        return "text";
    case json_kind::object:
        return "object";
    case json_kind::array:
        return "list";
    }
    return "absent";
}

json_kind type_named(std::string_view name) {
    using enum json_kind;
    for (const auto kind : {null, boolean, number, string, object, array}) {
        if (type_name(kind) == name) {
            return kind;
        }
    }
    return absent;
}

} // namespace callmirror::decode

#include "sync/decode/field_value.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/escape.hpp"
#include "sync/decode/number.hpp"
#include "sync/decode/timestamp.hpp"
#include "sync/decode/wording.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace callmirror::decode {
namespace {

using providers::column_type;

// A key goes into a B-tree, whose entries end at 2704 bytes, the account's name among them.
constexpr std::size_t longest_key = 1024;

// A number's text as served is kept up to this; beyond, the shortest text of the same double.
constexpr std::size_t longest_served_number = 40;

bool is_scalar(const json_value& value) {
    return value.kind == json_kind::string || value.kind == json_kind::number ||
           value.kind == json_kind::boolean;
}

// What a scalar says. nullopt at an escape that JSON does not know.
std::optional<std::string_view> plain_text(const json_value& value, byte_buffer& scratch) {
    if (value.kind != json_kind::string || value.text.find('\\') == std::string_view::npos) {
        return value.text;
    }
    scratch.clear();
    if (!append_unescaped(scratch, value.text)) {
        return std::nullopt;
    }
    return scratch.view();
}

template <typename Number>
void append_number(byte_buffer& to, Number number) {
    constexpr std::size_t longest = 32;
    char* const begin = to.room(longest);
    to.add(static_cast<std::size_t>(std::to_chars(begin, begin + longest, number).ptr - begin));
}

bool append_text(byte_buffer& to, const json_value& value, std::string_view plain) {
    // A string without escapes has no backslash and no control character: nothing to do for COPY.
    if (plain.data() == value.text.data()) {
        to.append(plain);
    } else {
        append_copied(to, plain);
    }
    return true;
}

bool append_bigint(byte_buffer& to, std::string_view plain) {
    const auto number = parse_whole(plain, fraction::zeros);
    if (number) {
        append_number(to, *number);
    }
    return number.has_value();
}

bool append_double(byte_buffer& to, std::string_view plain) {
    const auto number = parse_real(plain);
    if (!number) {
        return false;
    }
    if (plain.size() <= longest_served_number) {
        to.append(plain);
    } else {
        append_number(to, *number);
    }
    return true;
}

bool append_boolean(byte_buffer& to, std::string_view plain) {
    const bool yes = plain == "1" || equals_ignoring_case(plain, "true");
    const bool no = plain == "0" || equals_ignoring_case(plain, "false");
    if (yes || no) {
        to.append(yes ? 't' : 'f');
    }
    return yes || no;
}

bool append_scalar(byte_buffer& to, column_type type, const json_value& value,
                   std::string_view plain) {
    switch (type) {
    case column_type::text:
        return append_text(to, value, plain);
    case column_type::bigint:
        return value.kind != json_kind::boolean && append_bigint(to, plain);
    case column_type::double_precision:
        return value.kind != json_kind::boolean && append_double(to, plain);
    case column_type::boolean:
        return append_boolean(to, plain);
    case column_type::timestamptz:
        return value.kind != json_kind::boolean && append_timestamp(to, plain);
    case column_type::jsonb:
        break;
    }
    return false;
}

std::string_view wanted_text(column_type type) {
    switch (type) {
    case column_type::text:
        return "text";
    case column_type::bigint:
        return "a whole number";
    case column_type::double_precision:
        return "a number";
    case column_type::boolean:
        return "true or false";
    case column_type::timestamptz:
        return "a time";
    case column_type::jsonb:
        break;
    }
    return "JSON";
}

bool append_compact_json(byte_buffer& to, const json_value& value, byte_buffer& scratch) {
    std::string_view whole = value.text;
    if (value.kind == json_kind::string) { // with its quotes
        whole = {value.text.data() - 1, value.text.size() + 2};
    }
    scratch.clear();
    append_compact(scratch, whole);
    const std::size_t begin = to.size();
    if (append_json(to, scratch.view())) {
        return true;
    }
    to.cut(begin);
    return false;
}

std::string describe(std::string_view name, const json_value& value, std::string_view wanted) {
    constexpr std::size_t shown = 60;
    std::string text = joined({"\"", printable(name), "\" is "});
    if (value.kind == json_kind::string) {
        byte_buffer plain;
        append_unescaped(plain, value.text.substr(0, shown * 6)); // an escape has six bytes at most
        text += joined({"\"", printable(plain.view(), shown), "\""});
    } else if (value.kind == json_kind::object) {
        text += "an object";
    } else if (value.kind == json_kind::array) {
        text += "a list";
    } else {
        text += printable(value.text, shown);
    }
    return text.append(", want ").append(wanted);
}

} // namespace

bool append_field(byte_buffer& to, column_type type, const json_value& value,
                  byte_buffer& scratch) {
    if (type == column_type::jsonb) {
        return append_compact_json(to, value, scratch);
    }
    if (!is_scalar(value)) {
        return false;
    }
    const auto plain = plain_text(value, scratch);
    return plain && append_scalar(to, type, value, *plain);
}

bool append_key(byte_buffer& to, column_type type, const json_value& value, byte_buffer& scratch) {
    if (value.kind != json_kind::string && value.kind != json_kind::number) {
        return false;
    }
    const auto plain = plain_text(value, scratch);
    if (!plain) {
        return false;
    }
    if (type == column_type::bigint) {
        const auto number = parse_whole(*plain, fraction::refused);
        if (number) {
            append_number(to, *number);
        }
        return number.has_value();
    }
    if (plain->empty() || plain->size() > longest_key) {
        return false;
    }
    to.append(*plain);
    return true;
}

std::string describe_misfit(std::string_view name, column_type type, const json_value& value) {
    return describe(name, value, wanted_text(type));
}

std::string describe_bad_key(std::string_view name, column_type type, const json_value& value) {
    return describe(name, value,
                    type == column_type::bigint ? "a whole number" : "text of 1 to 1024 bytes");
}

} // namespace callmirror::decode

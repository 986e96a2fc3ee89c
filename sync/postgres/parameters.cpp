#include "sync/postgres/parameters.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

namespace callmirror::postgres {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

unsigned char byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

// The length of the well-formed UTF-8 character at `at`; 0 where there is none (RFC 3629).
std::size_t character_size(std::string_view text, std::size_t at) {
    const unsigned char lead = byte_at(text, at);
    if (lead < 0x80)
        return lead == 0 ? 0 : 1;
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || at + size > text.size())
        return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte_at(text, at + i) & 0xc0) != 0x80)
            return 0;
    const unsigned char second = byte_at(text, at + 1);
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool surrogate = lead == 0xed && second > 0x9f;
    const bool too_high = lead == 0xf4 && second > 0x8f;
    return overlong || surrogate || too_high ? 0 : size;
}

// By character; -1: none, as PostgreSQL writes them.
constexpr auto hex_digits = [] {
    std::array<int, 256> digits{};
    digits.fill(-1);
    for (int i = 0; i < 16; ++i)
        digits[static_cast<unsigned char>("0123456789abcdef"[i])] = i;
    return digits;
}();

} // namespace

std::string storable(std::string_view text, std::size_t most) {
    std::string out;
    out.reserve(std::min(text.size(), most));
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_size(text, at);
        const std::string_view next = size > 0 ? text.substr(at, size) : replacement;
        if (out.size() + next.size() > most)
            break;
        out += next;
        at += size > 0 ? size : 1;
    }
    return out;
}

std::string to_sql(utc_time time) {
    if (time == end_of_time)
        return "infinity";
    if (time == start_of_time)
        return "-infinity";
    return format_utc(time);
}

utc_time time_from_sql(std::string_view text) {
    if (text == "infinity")
        return end_of_time;
    if (text == "-infinity")
        return start_of_time;
    if (const auto time = parse_time(text))
        return *time;
    throw std::runtime_error("the database sent \"" + std::string(text) + "\" for a time");
}

std::string bytes_to_sql(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out(2 + 2 * bytes.size(), '\\');
    out[1] = 'x';
    char* to = out.data() + 2;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    return out;
}

std::string bytes_from_sql(std::string_view text) {
    if (!text.starts_with("\\x") || text.size() % 2 != 0)
        throw std::runtime_error("the database sent bytes that are not in hexadecimal form");
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t at = 2; at < text.size(); at += 2) {
        const int high = hex_digits[static_cast<unsigned char>(text[at])];
        const int low = hex_digits[static_cast<unsigned char>(text[at + 1])];
        if (high < 0 || low < 0)
            throw std::runtime_error("the database sent bytes that are not in hexadecimal form");
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

parameters& parameters::add(std::string_view value) {
    return add_ready(storable(value));
}

parameters& parameters::add(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return add_ready(std::string(text.data(), end));
}

parameters& parameters::add_null() {
    values_.emplace_back();
    return *this;
}

parameters& parameters::add_ready(std::string value) {
    values_.emplace_back(std::move(value));
    return *this;
}

array_text& array_text::add(std::string_view value) {
    std::string quoted = "\"";
    for (const char c : storable(value)) {
        if (c == '"' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    return add_plain(quoted += '"');
}

array_text& array_text::add_bytes(std::string_view value) {
    return add_plain("\"\\" + bytes_to_sql(value) + '"'); // within quotes a backslash is two
}

array_text& array_text::add_plain(std::string_view value) {
    if (text_.size() > 1)
        text_ += ',';
    text_ += value;
    return *this;
}

std::string array_text::take() {
    text_ += '}';
    return std::move(text_);
}

std::vector<std::int64_t> numbers_from_sql(std::string_view text) {
    std::vector<std::int64_t> numbers;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
        std::int64_t number = 0;
        const auto [after, error] = std::from_chars(at, end, number);
        if (error == std::errc())
            numbers.push_back(number);
        at = error == std::errc() ? after : at + 1; // braces and commas
    }
    return numbers;
}

} // namespace callmirror::postgres

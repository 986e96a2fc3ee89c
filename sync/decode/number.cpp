#include "sync/decode/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

namespace callmirror::decode {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Takes leading digits off `text`; how many there were.
std::size_t take_digits(std::string_view& text) {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) {
        ++count;
    }
    text.remove_prefix(count);
    return count;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

// What may follow the digits before the point.
bool is_fraction_and_exponent(std::string_view text) {
    if (take(text, '.') && take_digits(text) == 0) {
        return false;
    }
    if (take(text, 'e') || take(text, 'E')) {
        if (!take(text, '-')) {
            take(text, '+');
        }
        return take_digits(text) > 0 && text.empty();
    }
    return text.empty();
}

std::string_view without_plus(std::string_view text) {
    if (text.size() > 1 && text[0] == '+' && is_digit(text[1])) {
        text.remove_prefix(1);
    }
    return text;
}

} // namespace

bool is_json_number(std::string_view text) {
    take(text, '-');
    const bool leading_zero = text.starts_with('0');
    const std::size_t digits = take_digits(text);
    if (digits == 0 || (leading_zero && digits > 1)) {
        return false;
    }
    return text.empty() || is_fraction_and_exponent(text);
}

std::optional<std::int64_t> parse_whole(std::string_view text, fraction allowed) {
    text = without_plus(text);
    const char* const end = text.data() + text.size();
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc{}) {
        return std::nullopt;
    }
    std::string_view rest{read.ptr, static_cast<std::size_t>(end - read.ptr)};
    if (rest.empty()) {
        return value;
    }
    const bool zeros =
        rest.size() > 1 && take(rest, '.') && rest.find_first_not_of('0') == std::string_view::npos;
    return zeros && allowed == fraction::zeros ? std::optional{value} : std::nullopt;
}

std::optional<double> parse_real(std::string_view text) {
    text = without_plus(text);
    std::string_view digits = text;
    take(digits, '-');
    std::string_view rest = digits;
    if (take_digits(rest) == 0 || !is_fraction_and_exponent(rest)) {
        return std::nullopt;
    }
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || !std::isfinite(value)) {
        return std::nullopt;
    }
    const std::string_view mantissa = digits.substr(0, digits.find_first_of("eE"));
    const bool is_zero = mantissa.find_first_of("123456789") == std::string_view::npos;
    if (value == 0 && !is_zero) {
        return std::nullopt;
    }
    return value;
}

} // namespace callmirror::decode

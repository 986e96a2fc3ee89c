#include "sync/decode/timestamp.hpp"

#include "sync/base/time.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace callmirror::decode {
namespace {

constexpr std::int64_t first_epoch_second = 100'000'000;
constexpr std::int64_t first_epoch_millisecond = 100'000'000'000;
constexpr std::int64_t last_epoch_millisecond = 253'402'300'799'999;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int two_digits(std::string_view text, std::size_t at) {
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

int days_in(int year, int month) {
    const std::chrono::year_month_day_last last{
        std::chrono::year{year} /
        std::chrono::month_day_last{std::chrono::month{static_cast<unsigned>(month)}}};
    return static_cast<int>(static_cast<unsigned>(last.day()));
}

// "2026-11-20T10:00:00.123456Z", the form nearly all APIs serve, with a fraction of up to six
// digits or none: PostgreSQL takes it as it is.
bool is_plain_utc(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00T00:00:00";
    if (text.size() <= shape.size() || text.size() > shape.size() + 8 || text.back() != 'Z') {
        return false;
    }
    for (std::size_t at = 0; at < shape.size(); ++at) {
        if (shape[at] == '0' ? !is_digit(text[at]) : text[at] != shape[at]) {
            return false;
        }
    }
    const std::string_view rest = text.substr(shape.size(), text.size() - shape.size() - 1);
    if (!rest.empty() && (rest.size() < 2 || rest.front() != '.' ||
                          !std::ranges::all_of(rest.substr(1), is_digit))) {
        return false;
    }
    const int year = two_digits(text, 0) * 100 + two_digits(text, 2);
    const int month = two_digits(text, 5);
    const int day = two_digits(text, 8);
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
           (day <= 28 || day <= days_in(year, month)) && two_digits(text, 11) <= 23 &&
           two_digits(text, 14) <= 59 && two_digits(text, 17) <= 59;
}

// The digits of the fraction, from the fourth to the sixth, that utc_time has no room for.
std::string_view microseconds(std::string_view text) {
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos) {
        return {};
    }
    std::size_t end = point + 1;
    while (end < text.size() && is_digit(text[end]) && end < point + 7) {
        ++end;
    }
    return end > point + 4 ? text.substr(point + 4, end - point - 4) : std::string_view{};
}

bool is_leap_second(std::string_view text) {
    return text.size() > 18 && text.substr(16, 3) == ":60";
}

bool append_parsed(byte_buffer& to, std::string_view text) {
    const auto time = parse_time(text);
    if (!time) {
        return false;
    }
    std::string shown = format_utc(*time);
    if (!is_leap_second(text)) {
        shown.insert(shown.size() - 1, microseconds(text));
    }
    to.append(shown);
    return true;
}

// "1763632800", "1763632800.5", "1763632800000". Milliseconds' own fraction is dropped.
std::optional<utc_time> parse_epoch(std::string_view text) {
    std::int64_t whole = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, whole);
    if (read.ec != std::errc{} || whole < first_epoch_second || whole > last_epoch_millisecond) {
        return std::nullopt;
    }
    std::int64_t thousandths = 0;
    if (read.ptr != end) {
        const std::string_view digits{read.ptr + 1, static_cast<std::size_t>(end - read.ptr - 1)};
        if (*read.ptr != '.' || digits.empty() || !std::ranges::all_of(digits, is_digit)) {
            return std::nullopt;
        }
        for (std::size_t at = 0; at < 3; ++at) {
            thousandths = thousandths * 10 + (at < digits.size() ? digits[at] - '0' : 0);
        }
    }
    const bool seconds = whole < first_epoch_millisecond;
    return utc_time{std::chrono::milliseconds{seconds ? whole * 1000 + thousandths : whole}};
}

} // namespace

bool append_timestamp(byte_buffer& to, std::string_view text) {
    if (is_plain_utc(text)) {
        to.append(text);
        return true;
    }
    if (const auto time = parse_epoch(text)) {
        to.append(format_utc(*time));
        return true;
    }
    return append_parsed(to, text);
}

} // namespace callmirror::decode

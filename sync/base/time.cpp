#include "sync/base/time.hpp"

#include "sync/base/time_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace callmirror {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr utc_time first_shown =
    sys_days{std::chrono::year{1} / std::chrono::January / std::chrono::day{1}};
constexpr utc_time last_shown =
    utc_time{sys_days{std::chrono::year{9999} / std::chrono::December / std::chrono::day{31}}} +
    days{1} - milliseconds{1};

// "10:00", "10:00:00", "10:00:00.123456".
std::optional<milliseconds> take_time_of_day(reader& from) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int thousandths = 0;
    if (!from.take_number(2, hour) || !from.take(':') || !from.take_number(2, minute)) {
        return std::nullopt;
    }
    if (from.take(':')) {
        if (!from.take_number(2, second)) {
            return std::nullopt;
        }
        if (from.take('.') && !from.take_thousandths(thousandths)) {
            return std::nullopt;
        }
    }
    return time_of_day(hour, minute, second, thousandths);
}

// "", "Z", "+02:00", "+0200", "+02": what local time is ahead of UTC.
std::optional<minutes> take_offset(reader& from) {
    if (from.at_end() || from.take_either('Z', 'z')) {
        return minutes{0};
    }
    const bool ahead = from.take('+');
    int hour = 0;
    int minute = 0;
    if ((!ahead && !from.take('-')) || !from.take_number(2, hour)) {
        return std::nullopt;
    }
    if (from.take(':')) {
        if (!from.take_number(2, minute)) {
            return std::nullopt;
        }
    } else {
        from.take_number(2, minute);
    }
    if (hour > 23 || minute > 59) {
        return std::nullopt;
    }
    const minutes offset = hours{hour} + minutes{minute};
    return ahead ? offset : -offset;
}

void append_number(std::string& to, int value, int width) {
    for (int unit = width == 4 ? 1000 : width == 3 ? 100 : 10; unit > 0; unit /= 10) {
        to += static_cast<char>('0' + value / unit % 10);
    }
}

void append_day(std::string& to, sys_days day) {
    const year_month_day date{day};
    append_number(to, static_cast<int>(date.year()), 4);
    to += '-';
    append_number(to, static_cast<int>(static_cast<unsigned>(date.month())), 2);
    to += '-';
    append_number(to, static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

} // namespace

std::optional<utc_time> day_of(int year, int month, int day) {
    const year_month_day date{std::chrono::year{year},
                              std::chrono::month{static_cast<unsigned>(month)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    if (year < 1 || !date.ok()) {
        return std::nullopt;
    }
    return sys_days{date};
}

std::optional<milliseconds> time_of_day(int hour, int minute, int second, int thousandths) {
    if (hour > 23 || minute > 59 || second > 60) {
        return std::nullopt;
    }
    if (second == 60) { // a leap second: the count of UTC here has none
        second = 59;
        thousandths = 999;
    }
    return hours{hour} + minutes{minute} + seconds{second} + milliseconds{thousandths};
}

std::string format_utc(utc_time time) {
    const utc_time shown = std::clamp(time, first_shown, last_shown);
    const sys_days day = std::chrono::floor<days>(shown);
    const std::chrono::hh_mm_ss clock{shown - day};
    std::string text;
    text.reserve(24);
    append_day(text, day);
    text += 'T';
    append_number(text, static_cast<int>(clock.hours().count()), 2);
    text += ':';
    append_number(text, static_cast<int>(clock.minutes().count()), 2);
    text += ':';
    append_number(text, static_cast<int>(clock.seconds().count()), 2);
    text += '.';
    append_number(text, static_cast<int>(clock.subseconds().count()), 3);
    text += 'Z';
    return text;
}

std::string format_day(utc_time time) {
    std::string text;
    append_day(text, std::chrono::floor<days>(std::clamp(time, first_shown, last_shown)));
    return text;
}

std::optional<utc_time> parse_time(std::string_view text) {
    reader from{text};
    int year = 0;
    int month = 0;
    int day = 0;
    if (!from.take_number(4, year) || !from.take('-') || !from.take_number(2, month) ||
        !from.take('-') || !from.take_number(2, day)) {
        return std::nullopt;
    }
    const auto midnight = day_of(year, month, day);
    if (!midnight || from.at_end()) {
        return midnight;
    }
    if (!from.take_either('T', 't') && !from.take(' ')) {
        return std::nullopt;
    }
    const auto since_midnight = take_time_of_day(from);
    if (!since_midnight) {
        return std::nullopt;
    }
    const auto offset = take_offset(from);
    if (!offset || !from.at_end()) {
        return std::nullopt;
    }
    const utc_time time = *midnight + *since_midnight - *offset;
    if (time < first_shown || time > last_shown) { // the offset carried it out of the years we show
        return std::nullopt;
    }
    return time;
}

utc_time floor_day(utc_time time) {
    if (time == end_of_time) {
        return end_of_time;
    }
    if (time < start_of_time + days{1}) { // the midnight before it can't be represented
        return start_of_time;
    }
    return std::chrono::floor<days>(time);
}

std::string format_duration(milliseconds duration) {
    struct unit {
        std::uint64_t size; // ms
        const char* name;
    };
    constexpr std::array<unit, 4> units{
        {{86'400'000, " d"}, {3'600'000, " h"}, {60'000, " m"}, {1'000, " s"}}};

    const bool negative = duration.count() < 0;
    const auto count = static_cast<std::uint64_t>(duration.count());
    const std::uint64_t total = negative ? 0 - count : count; // min() has no positive twin
    std::string text = negative ? "-" : "";
    if (total < 1'000) {
        return text + std::to_string(total) + " ms";
    }
    if (total < 10'000) {
        const std::uint64_t tenths = total % 1'000 / 100;
        text += std::to_string(total / 1'000);
        return text + (tenths == 0 ? "" : "." + std::to_string(tenths)) + " s";
    }
    std::size_t at = 0;
    while (total < units[at].size) {
        ++at;
    }
    text += std::to_string(total / units[at].size) + units[at].name;
    if (at + 1 < units.size()) {
        const std::uint64_t next = total % units[at].size / units[at + 1].size;
        text += next == 0 ? "" : " " + std::to_string(next) + units[at + 1].name;
    }
    return text;
}

} // namespace callmirror

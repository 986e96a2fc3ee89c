#include "tests/simulator/service.hpp"

#include <array>
#include <chrono>

namespace callmirror::simulator {

std::string http_date(utc_time time) {
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    const auto two = [](auto value) {
        const auto text = std::to_string(value);
        return text.size() < 2 ? "0" + text : text;
    };
    return std::string(days[std::chrono::weekday{day}.c_encoding()]) + ", " +
           two(static_cast<unsigned>(date.day())) + ' ' +
           months[static_cast<unsigned>(date.month()) - 1] + ' ' +
           std::to_string(static_cast<int>(date.year())) + ' ' + two(clock.hours().count()) + ':' +
           two(clock.minutes().count()) + ':' + two(clock.seconds().count()) + " GMT";
}

} // namespace callmirror::simulator

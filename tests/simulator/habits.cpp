#include "tests/simulator/habits.hpp"

#include "tests/simulator/chance.hpp"

#include <algorithm>
#include <array>

namespace callmirror::simulator {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t hour = 3600 * second;
constexpr std::int64_t day = 24 * hour;

// Shares of a day's calls by the hour (UTC), in thousandths, and of a week's by the day from
// Monday: an average day is 1.
constexpr std::array<double, 24> by_hour{4,  2,  1,  1,  2,  5,  15, 40, 85, 105, 100, 90,
                                         60, 65, 90, 95, 85, 65, 40, 22, 12, 8,   5,   3};
constexpr std::array<double, 7> by_weekday{1.35, 1.30, 1.25, 1.20, 1.15, 0.50, 0.25};

} // namespace

std::int64_t floor_to(std::int64_t time, std::int64_t unit) {
    const auto rest = time % unit;
    return time - (rest < 0 ? rest + unit : rest);
}

double share_of_hour(std::int64_t at) {
    const auto days = floor_to(at, day) / day; // day 0 was a Thursday
    const auto weekday = static_cast<std::size_t>(((days + 3) % 7 + 7) % 7);
    const auto of_day = static_cast<std::size_t>((at - floor_to(at, day)) / hour);
    return by_hour[of_day] / 1000 * by_weekday[weekday];
}

call_status status_of(std::uint64_t seed, ordinal call) {
    const auto number = mix(seed, call, 1) % 100;
    return number < 78   ? call_status::answered
           : number < 91 ? call_status::missed
                         : call_status::abandoned;
}

std::int64_t ring_ms(std::uint64_t seed, ordinal call) {
    return 2 * second + static_cast<std::int64_t>(mix(seed, call, 2) % 43'000);
}

std::int64_t talk_ms(std::uint64_t seed, ordinal call) {
    if (status_of(seed, call) != call_status::answered) {
        return 0;
    }
    const auto talk = chance(mix(seed, call, 3)).exponential(280);
    return 8 * second + std::min<std::int64_t>(2 * hour, static_cast<std::int64_t>(talk * 1000));
}

std::uint8_t event_kind(std::uint64_t seed, std::size_t event) {
    constexpr std::array<event_type, 10> mixture{event_type::recording,  event_type::recording,
                                                 event_type::recording,  event_type::summary,
                                                 event_type::summary,    event_type::message,
                                                 event_type::screenshot, event_type::screenshot,
                                                 event_type::joined,     event_type::muted};
    return static_cast<std::uint8_t>(mixture[mix(seed, event, 4) % mixture.size()]);
}

} // namespace callmirror::simulator

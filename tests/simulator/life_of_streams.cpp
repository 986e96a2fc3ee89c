// Streams begin, collect events, get their media late, and expire.
#include "tests/simulator/chance.hpp"
#include "tests/simulator/habits.hpp"
#include "tests/simulator/life.hpp"

#include <algorithm>

namespace callmirror::simulator {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t day = 24 * 60 * minute;

} // namespace

void life::stream_begins(std::int64_t at) {
    const auto of = resource::streams;
    const auto next = static_cast<ordinal>(world_.created_count(of));
    const auto calls = static_cast<std::uint32_t>(world_.created_count(resource::calls));
    const auto luck = draw(10, of, next);
    const auto company = static_cast<std::uint8_t>(luck % world_.options().company_ids.size());
    // Four in ten belong to the latest call.
    const auto call = calls > 0 && luck / 256 % 10 < 4 ? calls : 0;
    const auto which = world_.append(of, {.created = at, .parent = call, .company = company});
    plan(at + second, task_kind::event, of, which, 0);
    if (world_.options().late_changes) {
        const auto lasts = luck / 4096 % 3 == 0 ? 7 * day : day;
        plan(at + soon(static_cast<double>(lasts)), task_kind::expires, of, which);
    }
    plan_deletion(of, which, at);
}

void life::event_happens(const task& each) {
    if (!world_.is_there(resource::streams, each.subject)) {
        return;
    }
    const auto mean = world_.options().events_per_stream;
    const auto most = static_cast<std::uint64_t>(std::max(1.0, 2 * mean - 1));
    const auto count = draw(11, resource::streams, each.subject) % most + 1;
    auto kind = event_kind(world_.seed(), world_.created_count(resource::stream_events));
    if (each.detail == 0) {
        kind = static_cast<std::uint8_t>(event_type::joined);
    } else if (each.detail + 1U >= count) {
        kind = static_cast<std::uint8_t>(event_type::left);
    }
    const auto& stream = world_.at(resource::streams, each.subject);
    const auto which = world_.append(
        resource::stream_events,
        {.created = each.at, .parent = each.subject + 1, .company = stream.company, .kind = kind});
    plan_media(which, each.at);
    plan_deletion(resource::stream_events, which, each.at);
    if (each.detail + 1U < count) {
        chance luck(draw(12, resource::stream_events, which));
        plan(each.at + soon(second + luck.exponential(45.0 * second)), task_kind::event,
             resource::streams, each.subject, static_cast<std::uint16_t>(each.detail + 1));
    }
}

void life::plan_media(ordinal event, std::int64_t at) {
    if (!world_.options().late_changes) {
        return;
    }
    const auto of = resource::stream_events;
    chance luck(draw(13, of, event));
    const auto type = static_cast<event_type>(world_.at(of, event).kind);
    const auto later = [&](std::int64_t least, double mean, std::uint16_t flag) {
        plan(at + soon(static_cast<double>(least) + luck.exponential(mean)), task_kind::media, of,
             event, flag);
    };
    if (type == event_type::recording) {
        later(20 * second, 2.0 * minute, flag_thumbnail);
        later(5 * minute, 40.0 * minute, flag_transcript);
    } else if (type == event_type::summary) {
        later(minute, 10.0 * minute, flag_rated);
    }
}

} // namespace callmirror::simulator

#include "tests/simulator/life.hpp"

#include "tests/simulator/chance.hpp"
#include "tests/simulator/habits.hpp"

#include <algorithm>

namespace callmirror::simulator {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

} // namespace

life::life(world& of)
    : world_(of)
    , now_(to_ms(of.options().start)) {
    plan(now_, task_kind::hour);
}

void life::plan(std::int64_t at, task_kind kind, resource of, ordinal subject,
                std::uint16_t detail) {
    tasks_.push({at, sequence_++, subject, detail, kind, of});
}

void life::found_company() {
    const auto& options = world_.options();
    const auto companies = static_cast<std::uint32_t>(options.company_ids.size());
    const auto several = [&](resource of, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto age =
                static_cast<std::int64_t>(mix(world_.seed(), i, 5) % (400 * 24)) * hour;
            world_.append(of, {.created = now_ - day - age,
                               .company = static_cast<std::uint8_t>(i % companies)});
        }
    };
    several(resource::users, std::max(companies, options.users));
    several(resource::teams, std::max(companies, options.users / 7));
    several(resource::buttons, 3 + options.users / 5);
    several(resource::roles, 4);
    several(resource::invites, options.users / 10);
    several(resource::schedule_templates, 3);
    several(resource::booking_pages, options.users / 6);
    several(resource::integrations, 3);
}

void life::advance(std::int64_t to) {
    while (tasks_.top().at < to) { // there is always the next hour
        const auto each = tasks_.top();
        tasks_.pop();
        now_ = std::max(now_, each.at);
        carry_out(each);
    }
    now_ = std::max(now_, to);
}

std::uint64_t life::draw(std::uint64_t purpose, resource of, ordinal which) const {
    return mix(world_.seed(), purpose, static_cast<std::uint64_t>(of), which);
}

bool life::in_gap(std::int64_t at) const {
    return std::ranges::any_of(world_.options().gaps, [&](const auto& gap) {
        return to_ms(gap.first) <= at && at < to_ms(gap.second);
    });
}

void life::plan_arrivals(std::int64_t from, std::int64_t to, double share) {
    const auto& options = world_.options();
    const auto arrivals = [&](task_kind kind, double per_day) {
        chance luck(
            mix(world_.seed(), static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(kind)));
        const auto count = luck.poisson(per_day * share);
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto time =
                from + static_cast<std::int64_t>(luck.below(static_cast<std::uint64_t>(to - from)));
            if (!in_gap(time)) {
                plan(time, kind);
            }
        }
    };
    arrivals(task_kind::call, options.calls_per_day);
    arrivals(task_kind::partner_call, options.partner_calls_per_day);
    arrivals(task_kind::stream, options.streams_per_day);
}

void life::hurry(double speed) {
    const auto end = floor_to(now_, hour) + hour;
    const auto rest = static_cast<double>(end - now_) / static_cast<double>(day);
    speed_ = std::max(1.0, speed);
    if (speed_ > 1) { // what this hour was to bring anyway is planned already
        plan_arrivals(now_, end, rest * speed_);
    }
}

void life::begin_hour(std::int64_t at) {
    const auto begin = floor_to(at, hour);
    const auto end = begin + hour;
    plan(end, task_kind::hour);
    const auto& options = world_.options();
    // The world may start within an hour.
    const auto part = static_cast<double>(end - at) / static_cast<double>(hour);
    plan_arrivals(at, end, speed_ > 1 ? speed_ * part / 24 : share_of_hour(begin) * part);
    if (begin == floor_to(begin, day) || at == to_ms(options.start)) {
        world_.append(resource::partner_stats, {.created = floor_to(begin, day)});
        plan(at + 9 * hour, task_kind::staff);
        if (options.retention_days > 0) {
            world_.retention(from_ms(at - options.retention_days * day));
        }
    }
}

void life::carry_out(const task& each) {
    const bool there = world_.is_there(each.of, each.subject);
    switch (each.kind) {
    case task_kind::hour:
        begin_hour(each.at);
        break;
    case task_kind::call:
        call_comes(resource::calls, each.at);
        break;
    case task_kind::partner_call:
        call_comes(resource::partner_calls, each.at);
        break;
    case task_kind::stream:
        stream_begins(each.at);
        break;
    case task_kind::event:
        event_happens(each);
        break;
    case task_kind::call_ends:
    case task_kind::expires:
        if (there) {
            world_.touch(each.of, each.subject, each.at, flag_finished);
        }
        break;
    case task_kind::call_rated:
        if (there) {
            world_.touch(each.of, each.subject, each.at, flag_rated);
        }
        break;
    case task_kind::media:
        if (there) {
            world_.touch(each.of, each.subject, each.at, static_cast<std::uint8_t>(each.detail));
        }
        break;
    case task_kind::vanishes:
        if (there) {
            world_.set_there(each.of, each.subject, false);
            if (chance(draw(6, each.of, each.subject)).happens(world_.options().returned_share)) {
                plan(each.at + soon(3.0 * hour), task_kind::returns, each.of, each.subject);
            }
        }
        break;
    case task_kind::returns:
        world_.set_there(each.of, each.subject, true);
        break;
    case task_kind::staff:
        if (world_.options().late_changes) { // someone changes a profile or a button
            const auto users = world_.created_count(resource::users);
            const auto lucky = mix(world_.seed(), static_cast<std::uint64_t>(each.at)) % users;
            world_.change(resource::users,
                          world_.id_of(resource::users, static_cast<ordinal>(lucky)),
                          from_ms(each.at));
        }
        break;
    }
}

void life::plan_deletion(resource of, ordinal which, std::int64_t at) {
    chance luck(draw(7, of, which));
    if (luck.happens(world_.options().removed_share)) {
        plan(at + soon(minute + luck.exponential(3.0 * day)), task_kind::vanishes, of, which);
    }
}

void life::call_comes(resource of, std::int64_t at) {
    const auto next = static_cast<ordinal>(world_.created_count(of));
    const auto companies = world_.options().company_ids.size();
    const auto company = static_cast<std::uint8_t>(draw(8, of, next) % companies);
    const auto which = world_.append(of, {.created = at, .company = company});
    const auto end = at + ring_ms(world_.seed(), which) + talk_ms(world_.seed(), which);
    plan(end, task_kind::call_ends, of, which);
    chance luck(draw(9, of, which));
    if (world_.options().late_changes && luck.happens(0.3) &&
        status_of(world_.seed(), which) == call_status::answered) {
        plan(end + soon(2 * minute + luck.exponential(1.5 * hour)), task_kind::call_rated, of,
             which);
    }
    plan_deletion(of, which, at);
}

} // namespace callmirror::simulator

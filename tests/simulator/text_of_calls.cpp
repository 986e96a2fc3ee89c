// Calls, partner calls and the partner's daily statistics as JSON.
#include "tests/simulator/chance.hpp"
#include "tests/simulator/habits.hpp"
#include "tests/simulator/record_writer.hpp"

#include <array>

namespace callmirror::simulator {
namespace {

// Names of a call's fields in one of the styles.
struct names {
    std::string_view created, updated, started, answered, ended, duration, status, direction,
        rating, ani, team;
};
constexpr std::array<names, 3> all_names{{
    {"created_at", "updated_at", "started_at", "answered_at", "ended_at", "duration", "status",
     "direction", "rating", "ani", "team_id"},
    {"createdAt", "updatedAt", "startedAt", "answeredAt", "endedAt", "callDuration", "callStatus",
     "callType", "rate", "callerId", "teamId"},
    {"date", "last_update", "start", "accepted_at", "end", "duration_seconds", "state", "type",
     "rate", "from", "team_id"},
}};

constexpr std::array<std::string_view, 3> statuses{"answered", "missed", "abandoned"};

ordinal one_of(const world& from, resource of, std::uint64_t luck) {
    return static_cast<ordinal>(luck % from.created_count(of));
}

void write_agent(record_writer& to, std::uint64_t luck) {
    const auto& from = to.source();
    const auto user = one_of(from, resource::users, luck);
    to.key("agent").open();
    to.key("id").number(from.id_of(resource::users, user));
    to.key("email").text(from.key_text(resource::agents, user));
    to.close();
}

void write_course(record_writer& to, const names& n, resource of, ordinal which) {
    const auto& from = to.source();
    const auto& each = from.at(of, which);
    const auto status = status_of(from.seed(), which);
    const bool finished = (each.flags & flag_finished) != 0;
    const auto ring = ring_ms(from.seed(), which);
    const auto talk = talk_ms(from.seed(), which);
    to.key(n.status).text(finished ? statuses[static_cast<std::size_t>(status)] : "ongoing");
    to.key(n.created).time(each.created);
    to.key(n.started).time(started_at(from, of, which));
    to.key(n.answered);
    finished&& talk > 0 ? to.time(each.created + ring) : to.null();
    to.key(n.ended);
    finished ? to.time(each.created + ring + talk) : to.null();
    to.key(n.duration).number(finished ? talk / 1000 : 0);
    to.key(n.updated).time(updated_at(each));
}

} // namespace

std::int64_t started_at(const world& from, resource of, ordinal which) {
    const auto ring = ring_ms(from.seed(), which); // it starts before it is answered or given up
    const auto wait = luck_of(from, of, which, 1) % static_cast<std::uint64_t>(ring);
    return from.at(of, which).created + static_cast<std::int64_t>(wait);
}

void write_call(record_writer& to, resource of, ordinal which) {
    const auto& from = to.source();
    const auto& each = from.at(of, which);
    const auto& n = all_names[static_cast<std::size_t>(to.style().calls)];
    const auto luck = luck_of(from, of, which, 2);
    to.key("id").number(from.id_of(of, which));
    to.key("company_id").number(from.options().company_ids[each.company]);
    to.key("bid").text(from.key_text(resource::buttons, one_of(from, resource::buttons, luck)));
    write_course(to, n, of, which);
    to.key(n.direction).text(luck % 9 == 0 ? "outbound" : "inbound");
    write_agent(to, luck / 512);
    to.key("client").open();
    to.key("id").digits(std::to_string(100'000 + luck / 1024 % 50'000));
    to.key("name").text(first_name(luck / 2048));
    to.close();
    to.key(n.ani).digits("336" + std::to_string(10'000'000 + luck / 4096 % 90'000'000));
    to.key(n.rating);
    if ((each.flags & flag_rated) != 0) {
        // Most are content; some are not.
        constexpr std::array<int, 8> ratings{5, 5, 5, 4, 4, 3, 2, 1};
        to.number(ratings[mix(luck, each.version) % ratings.size()]);
    } else {
        to.null();
    }
    to.key(n.team).number(from.id_of(resource::teams, one_of(from, resource::teams, luck / 8192)));
    to.key("language").text(luck % 4 == 0 ? "en" : "fr");
    to.key("tags").raw(luck % 5 == 0 ? R"(["callback","vip"])" : "[]");
}

void write_day(record_writer& to, ordinal which) {
    const auto& from = to.source();
    const auto day = from.at(resource::partner_stats, which).created;
    const auto& calls = from.index(resource::partner_calls, 0);
    const auto count = calls.rank_of(day + 86'400'000) - calls.rank_of(day);
    to.key("day").text(from.key_text(resource::partner_stats, which));
    to.key("calls").number(static_cast<std::int64_t>(count));
    to.key("billed_minutes").number(static_cast<std::int64_t>(count) * 5);
}

} // namespace callmirror::simulator

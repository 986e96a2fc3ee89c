// Streams and what happened in them as JSON: an event is about 800 bytes on the average.
#include "tests/simulator/chance.hpp"
#include "tests/simulator/habits.hpp"
#include "tests/simulator/record_writer.hpp"

#include <array>

namespace callmirror::simulator {
namespace {

constexpr std::array<std::string_view, 7> event_types{
    "joined", "left", "recording", "summary", "screenshot", "message", "muted"};
constexpr std::array<std::string_view, 8> sentences{
    "The customer could not find where to change the delivery address and was shown it. ",
    "A refund was promised for the part that arrived broken, within five working days. ",
    "The agent looked at the router through the camera and had it restarted twice. ",
    "They agreed on a visit next week; the customer prefers the morning. ",
    "The contract ends in spring, and a cheaper one was explained in detail. ",
    "The photograph of the meter was good enough to correct the last bill. ",
    "The customer was content in the end and said that video made it easier. ",
    "Nothing else was open; a copy of this summary goes to the back office. "};

void write_summary(record_writer& to, bool done, std::uint64_t luck) {
    to.key("summary").open();
    std::string text;
    for (std::uint64_t i = 0; done && i < 4 + luck % 7; ++i) {
        text += sentences[mix(luck, i) % sentences.size()];
    }
    to.key("text");
    done ? to.text(text) : to.null();
    to.key("status").text(done ? "done" : "pending");
    to.close();
}

void write_data(record_writer& to, const record& each, std::uint64_t luck) {
    const auto type = static_cast<event_type>(each.kind);
    to.key("data").open();
    to.key("from").text(luck % 3 == 0 ? "agent" : "client");
    if (type == event_type::recording) {
        to.key("type").text(luck % 5 == 0 ? "audio/webm" : "video/webm");
        to.key("s3Asset").media_url("recordings", luck, ".webm");
        to.key("thumbnail");
        if ((each.flags & flag_thumbnail) != 0) {
            to.open();
            to.key("s3Asset").media_url("thumbnails", mix(luck), ".jpg");
            to.key("s3Bucket").text("snapcall-media-eu");
            to.close();
        } else {
            to.null();
        }
        to.key("assemblyTranscriptId");
        (each.flags & flag_transcript) != 0 ? to.text("tr-" + std::to_string(mix(luck, 1)))
                                            : to.null();
    } else if (type == event_type::screenshot) {
        to.key("type").text("image/png");
        to.key("s3Asset").media_url("screenshots", luck, ".png");
    } else if (type == event_type::summary) {
        write_summary(to, (each.flags & flag_rated) != 0, mix(luck, each.version));
    } else if (type == event_type::message) {
        to.key("type").text("text/plain");
        to.key("text").text(sentences[mix(luck, each.version) % sentences.size()]);
    }
    to.close();
}

void write_person(record_writer& to, std::uint64_t luck) {
    const auto& from = to.source();
    const auto user = static_cast<ordinal>(luck % from.created_count(resource::users));
    const auto name = luck_of(from, resource::users, user, from.at(resource::users, user).version);
    to.key("user").open();
    to.key("id").number(from.id_of(resource::users, user));
    to.key("name").text(std::string(first_name(name)) + ' ' + std::string(last_name(name)));
    to.key("email").text(from.key_text(resource::agents, user));
    to.key("settings")
        .raw(
            R"({"language":"fr","notifications":{"email":true,"desktop":false,"sound":"bell"},"theme":"light","camera":"default"})");
    to.key("avatar_url")
        .text("https://cdn.snapcall.example/avatars/" + std::to_string(name) + ".png");
    to.key("role").open();
    to.key("id").number(from.id_of(resource::roles, user % 4));
    to.key("name").text(user % 4 == 0 ? "admin" : "agent");
    to.close();
    to.close();
}

} // namespace

std::int64_t emitted_at(const world& from, ordinal which) {
    const auto behind = luck_of(from, resource::stream_events, which, 1) % 5000;
    return from.at(resource::stream_events, which).created - static_cast<std::int64_t>(behind);
}

void write_event(record_writer& to, ordinal which) {
    const auto& from = to.source();
    const auto& each = from.at(resource::stream_events, which);
    const auto luck = luck_of(from, resource::stream_events, which, 2);
    to.key("id").number(from.id_of(resource::stream_events, which));
    to.key("stream_id").number(from.id_of(resource::streams, each.parent - 1));
    to.key("type").text(event_types[each.kind % event_types.size()]);
    to.key("peer_id").text("peer-" + std::to_string(mix(luck, 2)));
    to.key("role").text(luck % 3 == 0 ? "agent" : "client");
    write_data(to, each, luck);
    to.key("emitted_at").time(emitted_at(from, which));
    to.key("created_at").time(each.created);
    write_person(to, luck / 64);
}

void write_stream(record_writer& to, ordinal which) {
    const auto& from = to.source();
    const auto& each = from.at(resource::streams, which);
    const auto luck = luck_of(from, resource::streams, which, 2);
    const auto one_of = [&](resource of) {
        return static_cast<ordinal>(luck / 256 % from.created_count(of));
    };
    to.key("id").number(from.id_of(resource::streams, which));
    to.key("token").text(from.token(resource::streams, which));
    to.key("bid").text(from.key_text(resource::buttons, one_of(resource::buttons)));
    to.key("company_id").number(from.options().company_ids[each.company]);
    to.key("call_id");
    each.parent != 0 ? to.number(from.id_of(resource::calls, each.parent - 1)) : to.null();
    to.key("name").text((each.version == 0 ? "Visit " : "Renamed visit ") +
                        std::to_string(luck % 9973 + each.version));
    to.key("origin").text(luck % 2 == 0 ? "web" : "sms");
    to.key("type").text(luck % 7 < 4 ? "assist" : "instant");
    to.key("streamer_instance").text("sfu-eu-" + std::to_string(luck % 6));
    to.key("user_limit").number(luck % 7 < 4 ? 2 : 8);
    to.key("context").open();
    const auto external = std::to_string(200'000 + luck / 1024 % 700'000);
    to.key("externalId").digits(external);
    to.key("externalIdUrl").text("https://crm.company.example/tickets/" + external);
    to.close();
    to.key("created_at").time(each.created);
    to.key("updated_at").time(updated_at(each));
    to.key("expired_at");
    (each.flags & flag_finished) != 0 ? to.time(updated_at(each)) : to.null();
    to.key("user_id").number(from.id_of(resource::users, one_of(resource::users)));
    const auto team = from.id_of(resource::teams, one_of(resource::teams));
    to.key("team_id").number(team);
    to.key("team").open();
    to.key("id").number(team);
    to.key("name").text("Team " + std::to_string(one_of(resource::teams) + 1));
    to.close();
    to.key("events").raw("[]");
}

} // namespace callmirror::simulator

// Users, teams, buttons and the other small lists as JSON.
#include "tests/simulator/chance.hpp"
#include "tests/simulator/record_writer.hpp"

namespace callmirror::simulator {
namespace {

// What starts with this must never reach a database.
constexpr std::string_view not_kept = "not-to-be-kept-";

void write_user(record_writer& to, resource of, ordinal which, bool as_agent) {
    const auto& from = to.source();
    const auto name = luck_of(from, resource::users, which, from.at(of, which).version);
    if (!as_agent) {
        to.key("id").number(from.id_of(of, which));
        to.key("role").raw(which % 4 == 0 ? R"({"id":1,"name":"admin"})"
                                          : R"({"id":2,"name":"agent"})");
        to.key("team_id").number(from.id_of(
            resource::teams, static_cast<ordinal>(which % from.created_count(resource::teams))));
    } else {
        to.key("wrap_up_time").number(30);
        to.key("last_bridge_end").time(updated_at(from.at(of, which)));
    }
    to.key("email").text(from.key_text(resource::agents, which));
    to.key("sipPassword").text(std::string(not_kept) + "sip-" + std::to_string(which));
    to.key("name").text(std::string(first_name(name)) + ' ' + std::string(last_name(name)));
    to.key("status").text(name % 3 == 0 ? "away" : "available");
}

void write_button(record_writer& to, ordinal which) {
    const auto& from = to.source();
    const auto number = std::to_string(which + 1);
    to.key("bid").text(from.key_text(resource::buttons, which));
    to.key("name").text("Button " + number);
    to.key("brand").text("Company");
    to.key("agent").text(from.key_text(resource::agents, which));
    to.key("schedule_template_id").number(from.id_of(resource::schedule_templates, which % 3));
    to.key("timezone").text("Europe/Paris");
    to.key("caller_id").digits("3315500" + std::to_string(1000 + which));
    to.key("config").raw(R"({"color":"#0a7cff","position":"bottom-right"})");
    to.key("display_page").raw(R"(["/contact","/help"])");
    to.key("cart_value").number(0);
    to.key("active").boolean(which % 5 != 4);
}

void write_integration(record_writer& to, ordinal which) {
    to.key("id").number(to.source().id_of(resource::integrations, which));
    to.key("name").text(which % 2 == 0 ? "zendesk" : "salesforce");
    const auto token = std::string(not_kept) + std::to_string(which);
    to.key("api_token").text(token);
    to.key("callback").text("https://company.example/" + token);
    to.key("settings")
        .raw(R"({"secret":"not-to-be-kept-either","subdomain":"company","has_key":true})");
    to.key("fields").raw(
        R"([{"value":"not-to-be-kept-first","name":"API key"},{"name":"zone","value":"eu"}])");
    to.key("keys").raw(R"({"one":["not-to-be-kept-nested",false],"two":null})");
}

} // namespace

void write_small(record_writer& to, resource of, ordinal which) {
    const auto& from = to.source();
    const auto& each = from.at(of, which);
    const auto number = std::to_string(which + 1) + (each.version == 0 ? "" : " (changed)");
    switch (of) {
    case resource::users:
        write_user(to, of, which, false);
        break;
    case resource::agents:
        write_user(to, of, which, true);
        break;
    case resource::buttons:
        write_button(to, which);
        break;
    case resource::integrations:
        write_integration(to, which);
        break;
    case resource::teams:
        to.key("id").number(from.id_of(of, which));
        to.key("name").text("Team " + number);
        to.key("description").null();
        to.key("settings").raw(R"({"recording":true})");
        break;
    case resource::roles:
        to.key("id").number(from.id_of(of, which));
        to.key("name").text(which == 0 ? "admin" : "role " + number);
        break;
    case resource::invites:
        to.key("token").text(from.key_text(of, which));
        to.key("link").text("https://company.example/join/" + from.key_text(of, which));
        to.key("email").text("invited" + number + "@company.example");
        to.key("role_id").number(from.id_of(resource::roles, which % 4));
        break;
    case resource::schedule_templates:
        to.key("id").number(from.id_of(of, which));
        to.key("name").text("Schedule " + number);
        to.key("schedule").raw(R"({"mon":[["09:00","18:00"]],"sat":[["10:00","12:00"]]})");
        break;
    case resource::booking_pages:
        to.key("uuid").text(from.key_text(of, which));
        to.key("name").text("Booking " + number);
        to.key("description").text("Thirty minutes with us");
        to.key("duration").number(30);
        to.key("status").text("active");
        to.key("team_id").number(from.id_of(resource::teams, 0));
        to.key("user_id").number(from.id_of(resource::users, 0));
        break;
    default:
        break; // the large lists are written elsewhere
    }
    to.key("created_at").time(each.created);
    to.key("updated_at").time(updated_at(each));
}

} // namespace callmirror::simulator

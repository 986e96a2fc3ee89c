#include "tests/simulator/resource.hpp"

#include <algorithm>

namespace callmirror::simulator {
namespace {

using enum value_type;

constexpr parameter page{"page", integer, ""};
constexpr parameter limit{"limit", integer, ""};
constexpr parameter start{"start", date, ""};
constexpr parameter end{"end", date, ""};

constexpr std::array<parameter, 10> of_calls{{
    page,
    limit,
    start,
    end,
    {"rate", integer, "/rating"},
    {"button", text, "/bid"},
    {"status", text, "/status"},
    {"agent", text, "/agent/email"},
    {"client", text, "/client/id"},
    {"ani", text, "/ani"},
}};
constexpr std::array<parameter, 5> of_partner_calls{{
    page,
    limit,
    start,
    end,
    {"agent", text, "/agent/email"},
}};
constexpr std::array<parameter, 2> of_partner_stats{{start, end}};
constexpr std::array<parameter, 12> of_streams{{
    page,
    limit,
    start,
    end,
    {"button", text, "/bid"},
    {"expired", boolean, ""},
    {"type", text, "/type"},
    {"has_recording", boolean, ""},
    {"custom_filter", text, ""},
    {"team_ids", integer, "/team_id"},
    {"user_ids", integer, "/user_id"},
    {"name", text, "/name"},
}};
constexpr std::array<parameter, 6> of_admin_streams{{
    page,
    limit,
    {"button", text, "/bid"},
    {"expired", boolean, ""},
    start,
    end,
}};
constexpr std::array<parameter, 8> of_stream_events{{
    page,
    limit,
    start,
    end,
    {"order", text, ""},
    {"type", text, "/type"},
    {"mediaType", text, "/data/type"},
    {"stream_token", text, ""},
}};
constexpr std::array<parameter, 5> of_buttons{{
    page,
    limit,
    {"name", text, "/name"},
    {"agent", text, "/agent"},
    {"active", boolean, "/active"},
}};
constexpr std::array<parameter, 6> of_users{{
    page,
    limit,
    {"team_id", integer, "/team_id"},
    {"status", text, "/status"},
    {"name", text, "/name"},
    {"withPending", boolean, ""},
}};
constexpr std::array<parameter, 3> of_teams{{page, limit, {"name", text, "/name"}}};
constexpr std::array<parameter, 2> of_pages{{page, limit}};
constexpr std::array<parameter, 1> of_schedule_templates{{page}};
constexpr std::array<parameter, 4> of_booking_pages{{
    page,
    limit,
    {"name", text, "/name"},
    {"hasTeamAssociated", boolean, ""},
}};

constexpr std::array<resource_info, resource_count> resources{{
    {resource::calls, "calls", "/v2/calls", "/v2/calls/{id}", "id", true, of_calls},
    {resource::partner_calls, "partner_calls", "/v2/partner/calls", "/v2/partner/calls/{id}", "id",
     true, of_partner_calls},
    {resource::partner_stats, "partner_stats", "/v2/partner/stats", "", "day", true,
     of_partner_stats},
    {resource::streams, "streams", "/v2/companies/{companyId}/streams",
     "/v2/companies/{companyId}/streams/{token}", "id", true, of_streams},
    {resource::stream_events, "stream_events", "/v2/companies/{companyId}/stream-events",
     "/v2/companies/{companyId}/streams/{token}/events/{id}", "id", true, of_stream_events},
    {resource::buttons, "buttons", "/v2/buttons", "/v2/buttons/{bid}", "bid", false, of_buttons},
    {resource::users, "users", "/v2/companies/{companyId}/users",
     "/v2/companies/{companyId}/users/{id}", "id", false, of_users},
    {resource::teams, "teams", "/v2/companies/{companyId}/teams",
     "/v2/companies/{companyId}/teams/{id}", "id", false, of_teams},
    {resource::roles, "roles", "/v2/roles", "/v2/roles/{id}", "id", false, of_pages},
    {resource::invites, "invites", "/v2/companies/{companyId}/invites", "/v2/invites/{token}",
     "token", false, of_pages},
    {resource::schedule_templates, "schedule_templates", "/v2/schedule-templates",
     "/v2/schedule-templates/{id}", "id", false, of_schedule_templates},
    {resource::booking_pages, "booking_pages", "/v2/companies/{companyId}/booking-pages",
     "/v2/companies/{companyId}/booking-pages/{uuid}", "uuid", false, of_booking_pages},
    {resource::integrations, "integrations", "/v2/integrations", "", "id", false, {}},
    {resource::agents, "agents", "", "/v2/agents/{email}", "email", false, {}},
}};

std::string_view next_segment(std::string_view& rest) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    return segment;
}

// Fills the endpoint's parts from a path that has the pattern's form; false where it has not.
bool matches(std::string_view pattern, std::string_view path, endpoint& found) {
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    while (!pattern.empty() && !path.empty()) {
        const auto wanted = next_segment(pattern);
        const auto given = next_segment(path);
        if (wanted == "{companyId}") {
            found.company = given;
        } else if (wanted.starts_with('{')) {
            found.stream_token = found.key;
            found.key = given;
        } else if (wanted != given) {
            return false;
        }
    }
    return pattern.empty() && path.empty();
}

} // namespace

const parameter* resource_info::find(std::string_view parameter_name) const {
    const auto found = std::ranges::find(parameters, parameter_name, &parameter::name);
    return found == parameters.end() ? nullptr : &*found;
}

const resource_info& info(resource which) {
    return resources.at(static_cast<std::size_t>(which));
}

std::span<const resource_info> all_resources() {
    return resources;
}

std::optional<resource> resource_named(std::string_view name) {
    const auto found = std::ranges::find(resources, name, &resource_info::name);
    return found == resources.end() ? std::nullopt : std::optional(found->id);
}

std::optional<endpoint> route(std::string_view path) {
    if (!path.starts_with('/')) {
        return std::nullopt;
    }
    if (path == "/v2/users/me") {
        return endpoint{endpoint_kind::me, resource::users, "", "", "", {}};
    }
    if (path == "/v2/streams/v2") {
        return endpoint{endpoint_kind::list, resource::streams, "", "", "", of_streams};
    }
    if (path == "/v2/admin/streams/" || path == "/v2/admin/streams") {
        return endpoint{endpoint_kind::list, resource::streams, "", "", "", of_admin_streams};
    }
    for (const auto& candidate : resources) {
        endpoint found{endpoint_kind::list, candidate.id, "", "", "", candidate.parameters};
        if (!candidate.list_path.empty() && matches(candidate.list_path, path, found)) {
            return found;
        }
        found = {endpoint_kind::record, candidate.id, "", "", "", {}};
        if (!candidate.record_path.empty() && matches(candidate.record_path, path, found)) {
            return found;
        }
    }
    return std::nullopt;
}

} // namespace callmirror::simulator

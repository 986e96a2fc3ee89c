// The lists that the simulated API serves, and the query parameters each documents. Static data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace callmirror::simulator {

enum class resource : std::uint8_t {
    calls,
    partner_calls,
    partner_stats,
    streams,
    stream_events,
    buttons,
    users,
    teams,
    roles,
    invites,
    schedule_templates,
    booking_pages,
    integrations,
    agents, // no list of its own: the users' e-mail addresses
};
inline constexpr std::size_t resource_count = 14;

enum class value_type : std::uint8_t { integer, date, boolean, text };

// A documented query parameter. `pointer` is the field (RFC 6901) that must equal its value; "" for
// those that steer the list itself, and for filters that the simulator knows but does not carry
// out.
struct parameter {
    std::string_view name;
    value_type type;
    std::string_view pointer;
};

struct resource_info {
    resource id;
    std::string_view name;      // as in the mirror: "stream_events"
    std::string_view list_path; // "" where there is no list
    std::string_view record_path;
    std::string_view key; // the member that tells records apart: "id", "bid", "token", ...
    bool timeline;        // takes start and end
    std::span<const parameter> parameters;

    bool of_company() const { return list_path.starts_with("/v2/companies/"); }
    const parameter* find(std::string_view parameter_name) const;
};

const resource_info& info(resource which);
std::span<const resource_info> all_resources();
std::optional<resource> resource_named(std::string_view name);

// Where a path leads.
enum class endpoint_kind : std::uint8_t { list, record, me };

struct endpoint {
    endpoint_kind kind;
    resource of;                           // users for `me`
    std::string_view company;              // {companyId}; "" where the path has none
    std::string_view key;                  // of the record: id, token, bid, ...
    std::string_view stream_token;         // of an event's single record
    std::span<const parameter> parameters; // those of this path
};

// nullopt for a path that the documents don't know. The views point into `path`.
std::optional<endpoint> route(std::string_view path);

} // namespace callmirror::simulator

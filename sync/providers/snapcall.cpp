#include "sync/providers/provider.hpp"
#include "sync/providers/snapcall_columns.hpp"

#include <algorithm>

namespace callmirror::providers {
namespace {

using namespace snapcall_columns;

constexpr std::array<path_parameter, 1> by_id{{{"id", "id", "", "", ""}}};
constexpr std::array<path_parameter, 1> by_token{{{"token", "token", "", "", ""}}};
constexpr std::array<path_parameter, 1> by_bid{{{"bid", "id", "", "", ""}}};
constexpr std::array<path_parameter, 1> by_uuid{{{"uuid", "id", "", "", ""}}};
constexpr std::array<path_parameter, 1> by_email{{{"email", "id", "", "", ""}}};
constexpr std::array<path_parameter, 2> by_stream_and_id{{
    {"token", "stream_id", "streams", "id", "token"},
    {"id", "id", "", "", ""},
}};

constexpr std::array<std::string_view, 1> other_days{"/date"};

template <std::size_t N, std::size_t M>
constexpr std::array<std::string_view, N + M> both(const std::array<std::string_view, N>& some,
                                                   const std::array<std::string_view, M>& more) {
    std::array<std::string_view, N + M> all;
    std::ranges::copy(more, std::ranges::copy(some, all.begin()).out);
    return all;
}

// Whatever else these records have, none of it may let a reader of the mirror into the account.
constexpr auto usual_secrets = std::to_array<std::string_view>(
    {"secret",     "token",         "password",   "passwd",           "passphrase",
     "passcode",   "pwd",           "credential", "apikey",           "accesskey",
     "privatekey", "authorization", "bearer",     "cookie",           "jwt",
     "otp",        "recoverycode",  "backupcode", "verificationcode", "resetlink",
     "reseturl",   "magiclink"});
// A session of a person's is a login. A call's is not: it stays.
constexpr auto login_secrets =
    both(usual_secrets, std::to_array<std::string_view>({"sessionid", "sessionkey", "sid"}));
// Integrations are made of credentials: rather a name too many than one too few.
constexpr auto all_secrets =
    both(login_secrets,
         std::to_array<std::string_view>({"session", "pass", "key", "auth", "signature", "webhook",
                                          "cert", "certificate", "pem", "pin"}));
constexpr std::array<std::string_view, 1> rights{"authorizations"}; // of a role
constexpr credentials people_secrets{.removed = login_secrets, .kept = rights};
// Calls and streams hold what their makers put there (context, links, a user's settings). A
// stream's own token stays: it is the API's name for the stream.
constexpr std::array<std::string_view, 3> stream_tokens{"token", "stream_token", "streamToken"};
constexpr credentials call_secrets{
    .removed = usual_secrets, .kept = stream_tokens, .may_quote_text = true};
// Whoever has an invite's token can join the company. Its single record can't be asked for either:
// that takes the token.
constexpr std::array<std::string_view, 1> invite_tokens{"token"};

constexpr auto resources = std::to_array<resource>({
    {
        .name = "calls",
        .kind = shape::timeline,
        .scope = list_scope::account,
        .list_path = "/v2/calls",
        .record_path = "/v2/calls/{id}",
        .record_parameters = by_id,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = true,
        .columns = calls_columns,
        .secrets = call_secrets,
    },
    {
        .name = "partner_calls",
        .kind = shape::timeline,
        .scope = list_scope::account,
        .list_path = "/v2/partner/calls",
        .record_path = "/v2/partner/calls/{id}",
        .record_parameters = by_id,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = true,
        .columns = calls_columns,
        .secrets = call_secrets,
    },
    {
        .name = "partner_stats",
        .kind = shape::days,
        .scope = list_scope::account,
        .list_path = "/v2/partner/stats",
        .record_path = "",
        .record_parameters = {},
        .key_pointer = "/day",
        .key_type = text,
        .takes_page = false,
        .takes_limit = false,
        .columns = partner_stats_columns,
        .key = key_rule::day,
        .other_key_pointers = other_days,
    },
    {
        .name = "streams",
        .kind = shape::timeline,
        .scope = list_scope::company,
        .list_path = "/v2/companies/{companyId}/streams",
        .record_path = "/v2/companies/{companyId}/streams/{token}",
        .record_parameters = by_token,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = true,
        .columns = streams_columns,
        .secrets = call_secrets,
    },
    {
        .name = "stream_events",
        .kind = shape::timeline,
        .scope = list_scope::company,
        .list_path = "/v2/companies/{companyId}/stream-events",
        .record_path = "/v2/companies/{companyId}/streams/{token}/events/{id}",
        .record_parameters = by_stream_and_id,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = true,
        .columns = stream_events_columns,
        .secrets = call_secrets,
    },
    {
        .name = "buttons",
        .kind = shape::snapshot,
        .scope = list_scope::account,
        .list_path = "/v2/buttons",
        .record_path = "/v2/buttons/{bid}",
        .record_parameters = by_bid,
        .key_pointer = "/bid",
        .key_type = text,
        .takes_page = true,
        .takes_limit = true,
        .columns = buttons_columns,
        .secrets = people_secrets,
    },
    {
        .name = "users",
        .kind = shape::snapshot,
        .scope = list_scope::company,
        .list_path = "/v2/companies/{companyId}/users",
        .record_path = "/v2/companies/{companyId}/users/{id}",
        .record_parameters = by_id,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = true,
        .columns = users_columns,
        .secrets = people_secrets,
    },
    {
        .name = "teams",
        .kind = shape::snapshot,
        .scope = list_scope::company,
        .list_path = "/v2/companies/{companyId}/teams",
        .record_path = "/v2/companies/{companyId}/teams/{id}",
        .record_parameters = by_id,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = true,
        .columns = teams_columns,
        .secrets = people_secrets,
    },
    {
        .name = "roles",
        .kind = shape::snapshot,
        .scope = list_scope::account,
        .list_path = "/v2/roles",
        .record_path = "/v2/roles/{id}",
        .record_parameters = by_id,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = true,
        .columns = roles_columns,
        .secrets = people_secrets,
    },
    {
        .name = "invites",
        .kind = shape::snapshot,
        .scope = list_scope::company,
        .list_path = "/v2/companies/{companyId}/invites",
        .record_path = "",
        .record_parameters = {},
        .key_pointer = "/token",
        .key_type = text,
        .takes_page = true,
        .takes_limit = true,
        .columns = invites_columns,
        .secrets = {.removed = login_secrets, .hashed = invite_tokens},
    },
    {
        .name = "schedule_templates",
        .kind = shape::snapshot,
        .scope = list_scope::account,
        .list_path = "/v2/schedule-templates",
        .record_path = "/v2/schedule-templates/{id}",
        .record_parameters = by_id,
        .key_pointer = "/id",
        .key_type = bigint,
        .takes_page = true,
        .takes_limit = false,
        .columns = schedule_templates_columns,
        .secrets = people_secrets,
    },
    {
        .name = "booking_pages",
        .kind = shape::snapshot,
        .scope = list_scope::company,
        .list_path = "/v2/companies/{companyId}/booking-pages",
        .record_path = "/v2/companies/{companyId}/booking-pages/{uuid}",
        .record_parameters = by_uuid,
        .key_pointer = "/uuid",
        .key_type = text,
        .takes_page = true,
        .takes_limit = true,
        .columns = booking_pages_columns,
        .secrets = people_secrets,
    },
    {
        .name = "integrations",
        .kind = shape::snapshot,
        .scope = list_scope::account,
        .list_path = "/v2/integrations",
        .record_path = "",
        .record_parameters = {},
        .key_pointer = "/id",
        .key_type = text,
        .takes_page = false,
        .takes_limit = false,
        .columns = integrations_columns,
        .key = key_rule::member_or_hash,
        .secrets = {.removed = all_secrets, .only_hosts = true},
    },
    {
        .name = "agents",
        .kind = shape::by_key,
        .scope = list_scope::account,
        .list_path = "",
        .record_path = "/v2/agents/{email}",
        .record_parameters = by_email,
        .key_pointer = "/email",
        .key_type = text,
        .takes_page = false,
        .takes_limit = false,
        .columns = agents_columns,
        .key = key_rule::asked_for,
        .keys_from = {.table = "users", .column = "email"},
        .secrets = people_secrets,
    },
});

} // namespace

extern const platform snapcall{
    .name = "snapcall",
    .default_url = "https://api.snapcall.io",
    .self_path = "/v2/users/me",
    .resources = resources,
};

} // namespace callmirror::providers

#include "sync/providers/provider.hpp"

namespace callmirror::providers {
namespace {

using enum column_type;

// The documents name no field of a call but its id. The list's filters imply a rating, a button, a
// status, an agent, a client, a calling number and times: each column takes the likeliest names.

template <std::size_t N>
using names = std::array<std::string_view, N>;

constexpr names<3> created_at{"/created_at", "/createdAt", "/date"};
constexpr names<3> updated_at{"/updated_at", "/updatedAt", "/last_update"};
constexpr names<3> started_at{"/started_at", "/startedAt", "/start"};
constexpr names<5> ended_at{"/ended_at", "/endedAt", "/end", "/finished_at", "/finishedAt"};
constexpr names<4> answered_at{"/answered_at", "/answeredAt", "/accepted_at", "/acceptedAt"};
constexpr names<4> duration{"/duration", "/duration_seconds", "/call_duration", "/callDuration"};
constexpr names<3> call_status{"/status", "/state", "/call_status"};
constexpr names<3> rating{"/rating", "/rate", "/rating/value"};
constexpr names<5> call_button{"/bid", "/button/bid", "/button_id", "/buttonId", "/button"};
constexpr names<7> call_agent{"/agent/email", "/agent_email", "/agentEmail", "/user/email",
                              "/agent/id",    "/agent_id",    "/agent"};
constexpr names<5> client{"/client/id", "/client_id", "/clientId", "/client/email", "/client"};
constexpr names<4> ani{"/ani", "/caller_id", "/callerId", "/from"};
constexpr names<3> direction{"/direction", "/call_type", "/type"};
constexpr names<3> team_id{"/team_id", "/teamId", "/team/id"};
constexpr names<3> user_id{"/user_id", "/userId", "/user/id"};
constexpr names<3> company_id{"/company_id", "/companyId", "/company/id"};

constexpr std::array<column, 15> calls_columns{{
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
    {"started_at", timestamptz, started_at},
    {"answered_at", timestamptz, answered_at},
    {"ended_at", timestamptz, ended_at},
    {"duration_s", double_precision, duration},
    {"status", text, call_status},
    {"direction", text, direction},
    {"rating", double_precision, rating},
    {"button", text, call_button},
    {"agent", text, call_agent},
    {"client", text, client},
    {"ani", text, ani},
    {"team_id", bigint, team_id},
    {"company_id", bigint, company_id},
}};

constexpr names<1> token{"/token"};
constexpr names<3> bid{"/bid", "/button/bid", "/button_id"};
constexpr names<2> call_id{"/call_id", "/callId"};
constexpr names<1> name{"/name"};
constexpr names<1> origin{"/origin"};
constexpr names<1> type{"/type"};
constexpr names<2> streamer_instance{"/streamer_instance", "/streamerInstance"};
constexpr names<2> user_limit{"/user_limit", "/userLimit"};
constexpr names<3> external_id{"/context/externalId", "/context/external_id", "/externalId"};
constexpr names<2> external_id_url{"/context/externalIdUrl", "/context/external_id_url"};
constexpr names<2> expired_at{"/expired_at", "/expiredAt"};

constexpr std::array<column, 16> streams_columns{{
    {"token", text, token},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
    {"expired_at", timestamptz, expired_at},
    {"company_id", bigint, company_id},
    {"call_id", bigint, call_id},
    {"bid", text, bid},
    {"user_id", bigint, user_id},
    {"team_id", bigint, team_id},
    {"name", text, name},
    {"origin", text, origin},
    {"type", text, type},
    {"streamer_instance", text, streamer_instance},
    {"user_limit", bigint, user_limit},
    {"external_id", text, external_id},
    {"external_id_url", text, external_id_url},
}};

constexpr names<3> stream_id{"/stream_id", "/streamId", "/stream/id"};
constexpr names<3> stream_token{"/stream_token", "/streamToken", "/stream/token"};
constexpr names<2> peer_id{"/peer_id", "/peerId"};
constexpr names<1> role{"/role"};
constexpr names<2> emitted_at{"/emitted_at", "/emittedAt"};
constexpr names<1> media_type{"/data/type"};
constexpr names<1> media_from{"/data/from"};
constexpr names<1> s3_asset{"/data/s3Asset"};
constexpr names<1> summary_text{"/data/summary/text"};
constexpr names<1> summary_status{"/data/summary/status"};
constexpr names<1> thumbnail{"/data/thumbnail/s3Asset"};
constexpr names<1> transcript{"/data/assemblyTranscriptId"};
constexpr names<1> user_name{"/user/name"};
constexpr names<1> user_email{"/user/email"};

constexpr std::array<column, 17> stream_events_columns{{
    {"stream_id", bigint, stream_id},
    {"stream_token", text, stream_token},
    {"type", text, type},
    {"emitted_at", timestamptz, emitted_at},
    {"created_at", timestamptz, created_at},
    {"peer_id", text, peer_id},
    {"role", text, role},
    {"user_id", bigint, user_id},
    {"user_name", text, user_name},
    {"user_email", text, user_email},
    {"media_type", text, media_type},
    {"media_from", text, media_from},
    {"media_asset", text, s3_asset},
    {"summary", text, summary_text},
    {"summary_status", text, summary_status},
    {"thumbnail_asset", text, thumbnail},
    {"transcript_id", text, transcript},
}};

constexpr std::array<path_parameter, 1> by_id{{{"id", "id", "", "", ""}}};
constexpr std::array<path_parameter, 1> by_token{{{"token", "token", "", "", ""}}};
constexpr std::array<path_parameter, 2> by_stream_and_id{{
    {"token", "stream_id", "streams", "id", "token"},
    {"id", "id", "", "", ""},
}};

constexpr std::array<resource, 3> resources{{
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
    },
}};

} // namespace

extern const platform snapcall{
    .name = "snapcall",
    .default_url = "https://api.snapcall.io",
    .self_path = "/v2/users/me",
    .resources = resources,
};

} // namespace callmirror::providers

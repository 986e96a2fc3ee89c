// The typed columns of SnapCall's resources, for snapcall.cpp: which of a record's members fill
// them.
#pragma once

#include "sync/providers/provider.hpp"

namespace callmirror::providers::snapcall_columns {

using enum column_type;

// The documents name no field of a call but its id. The list's filters imply a rating, a button, a
// status, an agent, a client, a calling number and times: each column takes the likeliest names.

template <std::size_t N>
using names = std::array<std::string_view, N>;

inline constexpr names<3> created_at{"/created_at", "/createdAt", "/date"};
inline constexpr names<3> updated_at{"/updated_at", "/updatedAt", "/last_update"};
// The reports go by it, so that a call without it would be in none.
inline constexpr names<6> call_created_at{"/created_at", "/createdAt", "/date",
                                          "/started_at", "/startedAt", "/start"};
inline constexpr names<3> started_at{"/started_at", "/startedAt", "/start"};
inline constexpr names<5> ended_at{"/ended_at", "/endedAt", "/end", "/finished_at", "/finishedAt"};
inline constexpr names<4> answered_at{"/answered_at", "/answeredAt", "/accepted_at", "/acceptedAt"};
inline constexpr names<4> duration{"/duration", "/duration_seconds", "/call_duration",
                                   "/callDuration"};
inline constexpr names<4> call_status{"/status", "/state", "/call_status", "/callStatus"};
inline constexpr names<3> rating{"/rating", "/rate", "/rating/value"};
inline constexpr names<5> call_button{"/bid", "/button/bid", "/button_id", "/buttonId", "/button"};
inline constexpr names<7> call_agent{"/agent/email", "/agent_email", "/agentEmail", "/user/email",
                                     "/agent/id",    "/agent_id",    "/agent"};
inline constexpr names<5> client{"/client/id", "/client_id", "/clientId", "/client/email",
                                 "/client"};
inline constexpr names<4> ani{"/ani", "/caller_id", "/callerId", "/from"};
inline constexpr names<4> direction{"/direction", "/call_type", "/callType", "/type"};
inline constexpr names<3> team_id{"/team_id", "/teamId", "/team/id"};
inline constexpr names<3> user_id{"/user_id", "/userId", "/user/id"};
inline constexpr names<3> company_id{"/company_id", "/companyId", "/company/id"};

inline constexpr std::array<column, 15> calls_columns{{
    {"created_at", timestamptz, call_created_at},
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

inline constexpr names<1> token{"/token"};
inline constexpr names<3> bid{"/bid", "/button/bid", "/button_id"};
inline constexpr names<2> call_id{"/call_id", "/callId"};
inline constexpr names<1> name{"/name"};
inline constexpr names<1> origin{"/origin"};
inline constexpr names<1> type{"/type"};
inline constexpr names<2> streamer_instance{"/streamer_instance", "/streamerInstance"};
inline constexpr names<2> user_limit{"/user_limit", "/userLimit"};
inline constexpr names<3> external_id{"/context/externalId", "/context/external_id", "/externalId"};
inline constexpr names<2> external_id_url{"/context/externalIdUrl", "/context/external_id_url"};
inline constexpr names<2> expired_at{"/expired_at", "/expiredAt"};

inline constexpr std::array<column, 16> streams_columns{{
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

inline constexpr names<3> stream_id{"/stream_id", "/streamId", "/stream/id"};
inline constexpr names<3> stream_token{"/stream_token", "/streamToken", "/stream/token"};
inline constexpr names<2> peer_id{"/peer_id", "/peerId"};
inline constexpr names<1> role{"/role"};
inline constexpr names<2> emitted_at{"/emitted_at", "/emittedAt"};
inline constexpr names<1> media_type{"/data/type"};
inline constexpr names<1> media_from{"/data/from"};
inline constexpr names<1> s3_asset{"/data/s3Asset"};
inline constexpr names<1> summary_text{"/data/summary/text"};
inline constexpr names<1> summary_status{"/data/summary/status"};
inline constexpr names<1> thumbnail{"/data/thumbnail/s3Asset"};
inline constexpr names<1> transcript{"/data/assemblyTranscriptId"};
inline constexpr names<1> user_name{"/user/name"};
inline constexpr names<1> user_email{"/user/email"};

inline constexpr std::array<column, 17> stream_events_columns{{
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

// The other lists. Their fields are those that the create and update calls take.

inline constexpr names<2> day{"/day", "/date"};
inline constexpr names<3> call_count{"/calls", "/count", "/total_calls"};
inline constexpr names<3> billed_minutes{"/billed_minutes", "/billedMinutes", "/minutes"};

inline constexpr std::array<column, 3> partner_stats_columns{{
    {"day", timestamptz, day},
    {"calls", bigint, call_count},
    {"billed_minutes", double_precision, billed_minutes},
}};

inline constexpr names<1> brand{"/brand"};
inline constexpr names<4> button_agent{"/agent/email", "/agent_email", "/agent/id", "/agent"};
inline constexpr names<3> schedule_template_id{"/schedule_template_id", "/scheduleTemplateId",
                                               "/schedule_template/id"};
inline constexpr names<1> timezone{"/timezone"};
inline constexpr names<2> caller_id{"/caller_id", "/callerId"};
inline constexpr names<1> config{"/config"};
inline constexpr names<2> display_page{"/display_page", "/displayPage"};
inline constexpr names<2> cart_value{"/cart_value", "/cartValue"};
inline constexpr names<2> active{"/active", "/enabled"};

inline constexpr std::array<column, 13> buttons_columns{{
    {"name", text, name},
    {"brand", text, brand},
    {"call_id", text, call_id},
    {"agent", text, button_agent},
    {"schedule_template_id", bigint, schedule_template_id},
    {"timezone", text, timezone},
    {"caller_id", text, caller_id},
    {"config", jsonb, config},
    {"display_page", jsonb, display_page},
    {"cart_value", double_precision, cart_value},
    {"active", boolean, active},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr names<1> email{"/email"};
inline constexpr names<3> full_name{"/name", "/full_name", "/fullName"};
inline constexpr names<1> status{"/status"};
inline constexpr names<3> role_id{"/role_id", "/roleId", "/role/id"};
inline constexpr names<3> role_name{"/role/name", "/role_name", "/role"};

inline constexpr std::array<column, 9> users_columns{{
    {"email", text, email},
    {"name", text, full_name},
    {"status", text, status},
    {"role_id", bigint, role_id},
    {"role", text, role_name},
    {"team_id", bigint, team_id},
    {"company_id", bigint, company_id},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr names<1> description{"/description"};
inline constexpr names<1> settings{"/settings"};

inline constexpr std::array<column, 6> teams_columns{{
    {"name", text, name},
    {"description", text, description},
    {"settings", jsonb, settings},
    {"company_id", bigint, company_id},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr std::array<column, 5> roles_columns{{
    {"name", text, name},
    {"description", text, description},
    {"company_id", bigint, company_id},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr std::array<column, 8> invites_columns{{
    {"email", text, email},
    {"role_id", bigint, role_id},
    {"team_id", bigint, team_id},
    {"company_id", bigint, company_id},
    {"status", text, status},
    {"expired_at", timestamptz, expired_at},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr names<1> schedule{"/schedule"};

inline constexpr std::array<column, 5> schedule_templates_columns{{
    {"name", text, name},
    {"timezone", text, timezone},
    {"schedule", jsonb, schedule},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr std::array<column, 9> booking_pages_columns{{
    {"name", text, name},
    {"description", text, description},
    {"duration", double_precision, duration},
    {"status", text, status},
    {"team_id", bigint, team_id},
    {"user_id", bigint, user_id},
    {"company_id", bigint, company_id},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr names<3> integration_type{"/type", "/provider", "/kind"};

inline constexpr std::array<column, 5> integrations_columns{{
    {"name", text, name},
    {"type", text, integration_type},
    {"active", boolean, active},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

inline constexpr names<2> wrap_up_time{"/wrap_up_time", "/wrapUpTime"};
inline constexpr names<2> last_bridge_end{"/last_bridge_end", "/lastBridgeEnd"};

inline constexpr std::array<column, 6> agents_columns{{
    {"name", text, full_name},
    {"status", text, status},
    {"wrap_up_time", double_precision, wrap_up_time},
    {"last_bridge_end", timestamptz, last_bridge_end},
    {"created_at", timestamptz, created_at},
    {"updated_at", timestamptz, updated_at},
}};

} // namespace callmirror::providers::snapcall_columns

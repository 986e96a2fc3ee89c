// What a call platform's API offers, as data: where its lists are, how records are told apart,
// which columns they fill. A new resource is one entry and one migration; nothing else knows its
// name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace callmirror::providers {

enum class column_type : std::uint8_t {
    text,
    bigint,
    double_precision,
    boolean,
    timestamptz,
    jsonb
};

// In the order of column_type, as SQL and the configuration name them.
inline constexpr std::array<std::string_view, 6> column_type_names{
    "text", "bigint", "double precision", "boolean", "timestamptz", "jsonb"};
inline constexpr std::string_view name_of(column_type type) {
    return column_type_names[static_cast<std::size_t>(type)];
}

// What every mirrored table has beside its resource's columns.
inline constexpr std::array<std::string_view, 7> common_columns{
    "account", "id", "content_hash", "raw", "first_seen_at", "changed_at", "deleted_at"};

// A typed column: the first of `pointers` (RFC 6901 JSON pointers) that is there and not null fills
// it. A value that does not fit the type leaves the column null, and is counted.
struct column {
    std::string_view name;
    column_type type;
    std::span<const std::string_view> pointers;
    bool is_own = false; // the operator's, of [[columns]]
};

enum class shape : std::uint8_t {
    timeline, // has start and end filters, mirrored as slices of its time axis
    days,     // the same with a record a day: start and end are required, and whole days
    snapshot, // read whole
    by_key    // has no list: asked for one by one, by the values of another table's column
};

// What one list covers: the whole account, or one company of it.
enum class list_scope : std::uint8_t { account, company };

// What tells records apart.
enum class key_rule : std::uint8_t {
    member,         // the first of key_pointer and other_key_pointers that is there
    day,            // the same, and of a time only its day as it is written: "2026-11-20"
    member_or_hash, // the same, or a hash of the record where it has none
    asked_for       // by_key: what the record was asked for by
};

// Where a parameter of `record_path` comes from: the mirrored row's own column, or another mirrored
// table's column looked up by one of the row's.
struct path_parameter {
    std::string_view name;       // "token"
    std::string_view column;     // of this table: "token", or "stream_id" for a look-up
    std::string_view via_table;  // "" or "streams"
    std::string_view via_match;  // column of via_table that equals `column`: "id"
    std::string_view via_column; // column of via_table that is the value: "token"
};

// Where a by_key resource's keys come from: rows of this table that are not deleted.
struct key_source {
    std::string_view table;
    std::string_view column; // of text
};

// Credentials within records, which must not reach the database: by the names of the members that
// hold them, in upper or lower case, anywhere in a record.
// What it views are tables that stay as they are until the program ends.
struct credentials {
    // Values are replaced where the name has one of these in it: "secret" stands for
    // "clientSecrets", too; one of less than five letters ("key") has to be or end a word of the
    // name: "api_key", but not "keyboard".
    std::span<const std::string_view> removed{};
    // Values of members of just this name are kept as their SHA-256, in hexadecimal.
    std::span<const std::string_view> hashed{};
    // Members of just this name hold none, whatever `removed` says.
    std::span<const std::string_view> kept{};
    // Of a link only the host is kept: whoever knows a webhook's path may use it.
    bool only_hosts = false;
    // A body that is no JSON may be quoted in a message.
    bool may_quote_text = false;

    bool any() const { return !removed.empty() || !hashed.empty(); }
    // The same tables, and the same otherwise.
    bool is_same(const credentials& other) const {
        const auto are = [](const auto& one, const auto& another) {
            return one.data() == another.data() && one.size() == another.size();
        };
        return are(removed, other.removed) && are(hashed, other.hashed) && are(kept, other.kept) &&
               only_hosts == other.only_hosts && may_quote_text == other.may_quote_text;
    }
};

struct resource {
    std::string_view name; // also its table's: "stream_events"
    shape kind;
    list_scope scope;
    std::string_view list_path;                        // "/v2/companies/{companyId}/stream-events"
    std::string_view record_path;                      // one record's; "" where the API has none
    std::span<const path_parameter> record_parameters; // beside {companyId}
    std::string_view key_pointer;                      // "/id"
    column_type key_type;                              // bigint or text
    bool takes_page; // query parameters the list documents: an undocumented one is a 400
    bool takes_limit;
    std::span<const column> columns; // beside account, id, raw and the mirror's own
    key_rule key = key_rule::member;
    std::span<const std::string_view> other_key_pointers{};
    key_source keys_from{}; // by_key
    credentials secrets{};

    bool has_time_axis() const { return kind == shape::timeline || kind == shape::days; }
};

struct platform {
    std::string_view name; // "snapcall": `provider` in the configuration, and the mirror's schema
    std::string_view default_url;
    std::string_view self_path; // the key's own user, which names its companies
    std::span<const resource> resources;
};

// Every platform built in. Static storage.
std::span<const platform> platforms();
// nullptr where there is none of that name.
const platform* find_platform(std::string_view name);
const resource* find_resource(const platform& from, std::string_view name);

} // namespace callmirror::providers

// What the configuration file says, checked and complete: plain values with the program's defaults.
// Filled by load(); each part of the program is handed its own few values, and never sees these.
#pragma once

#include "config/secret.hpp"
#include "sync/base/time.hpp"
#include "sync/providers/catalog.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::config {

enum class secret_origin {
    literal,     // `literal` is it
    file,        // `where` is the path, absolute or relative to the working directory
    environment, // `where` names the variable
    credential,  // `where` names the file in systemd's $CREDENTIALS_DIRECTORY
};

// Where a secret is to be read; not the secret itself but for a literal. See read_secret.hpp.
struct secret_source {
    secret_origin origin = secret_origin::literal;
    std::string where;
    secret literal;

    bool operator==(const secret_source&) const = default;
};

struct database_settings {
    secret_source url; // a libpq URI, perhaps with a password in it

    bool operator==(const database_settings&) const = default;
};

struct sync_settings {
    std::chrono::milliseconds poll_interval = std::chrono::seconds{30}; // 1 s to 1 d
    std::chrono::milliseconds give_up_after = std::chrono::minutes{15}; // 1 s to 30 d

    bool operator==(const sync_settings&) const = default;
};

struct listen_address {
    std::string host;       // an IPv4 or IPv6 address, without brackets
    std::uint16_t port = 0; // 0: any free one

    bool operator==(const listen_address&) const = default;
};

struct http_settings {
    std::optional<listen_address> listen = listen_address{"127.0.0.1", 9464}; // nullopt: no server
    bool allow_remote = false; // false: `listen` is a loopback address

    bool operator==(const http_settings&) const = default;
};

enum class log_level { trace, debug, info, warn, error };
enum class log_format { automatic, text, json, journal };

struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::automatic; // journal where systemd reads it, else text

    bool operator==(const log_settings&) const = default;
};

enum class auth_scheme { basic, bearer };

struct account_settings {
    std::string name;                  // 1 to 64 of a-z A-Z 0-9 _ . - ; no two are equal
    std::string provider = "snapcall"; // a platform of sync/providers
    std::string base_url;              // "https://host" or "https://host:port"; http: loopback only
    secret_source api_key;             // never a literal
    auth_scheme auth = auth_scheme::basic;
    std::vector<std::int64_t> companies;   // each > 0, distinct; empty: those that the API names
    std::vector<std::string> resources;    // of the platform, distinct; empty: all
    std::optional<utc_time> history_start; // nullopt: as far back as the API has data
    // 1 s to 1 d: between two reads of a list without time axis, while it changes.
    std::chrono::milliseconds snapshot_interval = std::chrono::minutes{10};
    std::size_t page_size = 100;      // records a request, 1 to 1000
    double requests_per_second = 5.0; // 0.01 to 10,000
    std::size_t max_in_flight = 4;    // requests, 1 to 64
    std::chrono::milliseconds request_timeout = std::chrono::seconds{30}; // 1 s to 1 h
    std::string ca_file; // PEM, trusted beside the system's authorities; "" for none

    bool operator==(const account_settings&) const = default;
};

// A column of the operator's own.
struct column_settings {
    providers::own_column what;
    int line = 0; // where it stands in the file, for messages

    bool operator==(const column_settings& other) const { return what == other.what; }
};

// Two of them compare equal where a reload changes nothing.
struct settings {
    database_settings database;
    sync_settings sync;
    http_settings http;
    log_settings log;
    std::vector<account_settings> accounts; // one or more, in the file's order
    std::vector<column_settings> columns;

    bool operator==(const settings&) const = default;
};

} // namespace callmirror::config

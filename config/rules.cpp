#include "config/rules.hpp"

#include "config/read_secret.hpp"
#include "config/section.hpp"
#include "config/values.hpp"

#include <array>
#include <chrono>
#include <string_view>

namespace callmirror::config {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> url_keys{"url", "url_file", "url_env"};

void read_database_url(const field& from, secret_source& to) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    if (text == nullptr || !is_database_url(*text)) { // may hold a password: never shown
        from.complain("is no libpq URI, want \"postgresql://host/database\"",
                      "blanks and special characters in it are written as %20 and the like");
        return;
    }
    to = {secret_origin::literal, {}, secret{*text}};
}

constexpr std::array<key_rule<database_settings>, 3> database_rules{{
    {"url", [](const field& from, auto& to) { read_database_url(from, to.url); }},
    {"url_file", [](const field& from, auto& to) { read_secret_file(from, to.url); }},
    {"url_env", [](const field& from, auto& to) { read_variable(from, to.url); }},
}};

constexpr std::array<key_rule<sync_settings>, 2> sync_rules{{
    {"poll_interval",
     [](const field& from, auto& to) { read_duration(from, to.poll_interval, 1s, 24h); }},
    {"give_up_after",
     [](const field& from, auto& to) { read_duration(from, to.give_up_after, 1s, 30 * 24h); }},
}};

void read_listen(const field& from, http_settings& to) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    if (text != nullptr && text->empty()) {
        to.listen = std::nullopt;
        return;
    }
    const auto address = text == nullptr ? std::nullopt : parse_listen(*text);
    if (!address) {
        from.want(R"(an address and port such as "127.0.0.1:9464" or "[::1]:9464", or "" for none)",
                  R"(all addresses are "0.0.0.0:9464" or "[::]:9464", with allow_remote = true)");
        return;
    }
    if (!to.allow_remote && !is_loopback(address->host)) {
        from.want("a loopback address, or allow_remote = true with it",
                  "whoever reaches that port can read metrics and status without a password");
        return;
    }
    to.listen = address;
}

constexpr std::array<key_rule<http_settings>, 2> http_rules{{
    {"allow_remote", [](const field& from, auto& to) { read_flag(from, to.allow_remote); }},
    {"listen", read_listen}, // after allow_remote, which it looks at
}};

constexpr std::array<std::string_view, 5> levels{"trace", "debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> formats{"auto", "text", "json", "journal"};

constexpr std::array<key_rule<log_settings>, 2> log_rules{{
    {"level", [](const field& from, auto& to) { read_choice_of(from, to.level, levels); }},
    {"format", [](const field& from, auto& to) { read_choice_of(from, to.format, formats); }},
}};

// A section that is there is read into `to`; one that is not keeps its defaults.
template <class Settings>
void read_table(const table& document, std::string_view name, context& in,
                std::span<const key_rule<Settings>> rules, Settings& to) {
    if (const node* const value = find(document, name)) {
        const field from{*value, value->at, std::string{name}, in};
        if (const table* const keys = std::get_if<table>(&value->value)) {
            read_section(from, *keys, rules, to);
        } else {
            from.want("a table [" + std::string{name} + ']');
        }
    }
}

void read_database(const table& document, context& in, database_settings& to) {
    read_table<database_settings>(document, "database", in, database_rules, to);
    const node* const value = find(document, "database");
    if (value == nullptr) {
        in.mistakes.push_back({0, 0, "database", "there is no [database], want one with a url",
                               "add [database] and url = \"postgresql:///NAME\""});
    } else if (const table* const keys = std::get_if<table>(&value->value)) {
        want_one_of({*value, value->at, "database", in}, *keys, url_keys);
    }
}

template <class Settings, std::size_t N>
void append_names(std::vector<std::string>& to, std::string_view section,
                  const std::array<key_rule<Settings>, N>& rules) {
    for (const auto& each : rules) {
        to.push_back(std::string{section} + '.' + std::string{each.name});
    }
}

constexpr std::array<std::string_view, 6> sections{"database", "sync",     "http",
                                                   "log",      "accounts", "columns"};

} // namespace

settings read_settings(const table& document, context& in) {
    settings to;
    read_database(document, in, to.database);
    read_table<sync_settings>(document, "sync", in, sync_rules, to.sync);
    read_table<http_settings>(document, "http", in, http_rules, to.http);
    read_table<log_settings>(document, "log", in, log_rules, to.log);
    to.accounts = read_accounts(document, in);
    to.columns = read_columns(document, in);
    refuse_unknown("", document, sections, in);
    return to;
}

std::vector<std::string> known_keys() {
    std::vector<std::string> names;
    append_names(names, "database", database_rules);
    append_names(names, "sync", sync_rules);
    append_names(names, "http", http_rules);
    append_names(names, "log", log_rules);
    append_names(names, "accounts", account_rules());
    append_names(names, "columns", column_rules());
    return names;
}

} // namespace callmirror::config

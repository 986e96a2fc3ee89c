#include "config/read_secret.hpp"

#include "config/file.hpp"
#include "sync/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace callmirror::config {
namespace {

constexpr std::size_t largest_secret = 16U << 10U;

bool is_blank_or_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20U || byte == 0x7FU;
}

bool is_key(std::string_view text) {
    const auto visible = [](char c) { return c > ' ' && c < '\x7F'; };
    return !text.empty() && std::ranges::all_of(text, visible);
}

// A path as a shell takes it.
std::string quoted(const std::string& path) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"/._-+:@,"}.find(c) != std::string_view::npos;
    };
    if (std::ranges::all_of(path, plain)) {
        return path;
    }
    return path.find('\'') == std::string::npos ? '\'' + printable(path) + '\'' : "PATH";
}

// A variable's name as it may be shown: one that does not look like the names people give may be a
// key that stands in the wrong place.
std::string shown_variable(const std::string& name) {
    const auto usual = [](char c) {
        return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
    };
    const bool shows = name.size() <= 40 && std::ranges::all_of(name, usual);
    return shows ? "the environment variable " + name : "the environment variable that is named";
}

struct wanted {
    std::string who;  // "account acme"
    std::string what; // "an API key"
    std::string rule; // "one line of visible ASCII characters"
    bool (*fits)(std::string_view text);
};

secret_result check(const wanted& wanted, const std::string& where, std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    if (text.empty()) {
        return secret_error{wanted.who + ": " + where + " is empty, want " + wanted.what, {}};
    }
    if (!wanted.fits(text)) {
        return secret_error{wanted.who + ": " + where + " does not hold " + wanted.what +
                                ", want " + wanted.rule,
                            {}};
    }
    return secret{text};
}

secret_result from_file(const wanted& wanted, const std::string& path, bool judge) {
    auto bytes = read_file(path, largest_secret);
    if (const auto* const error = std::get_if<file_error>(&bytes)) {
        return secret_error{wanted.who + ": " + printable(path) + " can't be read: " + error->why,
                            {}};
    }
    const auto& file = std::get<file_bytes>(bytes);
    if (judge) {
        const auto refusal = judge_access(wanted.who, path, file.mode, file.owner, ::geteuid());
        if (refusal) {
            return *refusal;
        }
    }
    return check(wanted, printable(path), file.content.reveal());
}

secret_result from_environment(const wanted& wanted, const std::string& name) {
    const char* const value =
        std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): see header
    if (value == nullptr) {
        return secret_error{wanted.who + ": " + shown_variable(name) + " is not set", {}};
    }
    return check(wanted, shown_variable(name), value);
}

secret_result from_credential(const wanted& wanted, const std::string& name) {
    const char* const folder =
        std::getenv("CREDENTIALS_DIRECTORY"); // NOLINT(concurrency-mt-unsafe): see header
    if (folder == nullptr || *folder == '\0') {
        return secret_error{
            wanted.who + ": there are no systemd credentials: CREDENTIALS_DIRECTORY is not set",
            "units as shipped have them; by hand: sudo systemd-run -Pq -p User=callmirror "
            "-p LoadCredential=key:/etc/callmirror/keys callmirror COMMAND"};
    }
    return from_file(wanted, std::string{folder} + '/' + name, false);
}

secret_result read_from(const wanted& wanted, const secret_source& source) {
    switch (source.origin) {
    case secret_origin::literal:
        return check(wanted, "the configuration", source.literal.reveal());
    case secret_origin::file:
        return from_file(wanted, source.where, true);
    case secret_origin::environment:
        return from_environment(wanted, source.where);
    case secret_origin::credential:
        return from_credential(wanted, source.where);
    }
    return secret_error{wanted.who + ": has no source", {}};
}

// What to do where nothing better is known.
std::string hint_for(const wanted& wanted, const secret_source& source) {
    switch (source.origin) {
    case secret_origin::literal:
        return {};
    case secret_origin::file:
        return "put " + wanted.what +
               " into that file, readable by the user callmirror runs as and by nobody else";
    case secret_origin::environment:
        return "set it to " + wanted.what + " where callmirror is started, or name a file instead";
    case secret_origin::credential:
        return "put " + wanted.what +
               " into the file that LoadCredential= in the unit names (as shipped, key_acme is "
               "/etc/callmirror/keys/acme), then start the unit again";
    }
    return {};
}

secret_result read(const wanted& wanted, const secret_source& source) {
    auto result = read_from(wanted, source);
    auto* const error = std::get_if<secret_error>(&result);
    if (error && error->hint.empty()) {
        error->hint = hint_for(wanted, source);
    }
    return result;
}

} // namespace

secret_result read_api_key(const account_settings& account) {
    const wanted wanted{"account " + printable(account.name), "an API key",
                        "one line of visible ASCII characters", is_key};
    return read(wanted, account.api_key);
}

secret_result read_database_url(const database_settings& database) {
    const wanted wanted{"database", "a libpq URI", "\"postgresql://host/database\"",
                        is_database_url};
    return read(wanted, database.url);
}

std::optional<secret_error> judge_access(const std::string& who, const std::string& path,
                                         mode_t mode, uid_t owner, uid_t us) {
    const std::string start = who + ": " + printable(path);
    if (owner != us && owner != 0) {
        return secret_error{start + " belongs to user " + std::to_string(owner) +
                                ", want it to belong to us (user " + std::to_string(us) +
                                ") or root",
                            "chown " + std::to_string(us) + ' ' + quoted(path)};
    }
    const bool others = (mode & 07U) != 0;
    const bool group = (mode & (owner == 0 ? 030U : 070U)) != 0;
    if (!others && !group) {
        return std::nullopt;
    }
    std::array<char, 8> octal{};
    std::snprintf(octal.data(), octal.size(), "%04o", mode & 07777U);
    // Root's file with 600 would be out of our own reach.
    const std::string right = owner == us ? "600" : "640";
    return secret_error{start + " is open to " + (others ? "others" : "its group") + " (mode " +
                            octal.data() + "), want a secret to be its owner's alone",
                        "chmod " + right + ' ' + quoted(path)};
}

bool is_database_url(std::string_view text) {
    return (text.starts_with("postgresql://") || text.starts_with("postgres://")) &&
           std::ranges::none_of(text, is_blank_or_control);
}

} // namespace callmirror::config

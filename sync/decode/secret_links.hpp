// Credentials in links: a user before the host, values under secret names in the query or the
// fragment, and all that comes after the host where the rules say so. Pure and thread-safe.
#pragma once

#include "sync/providers/provider.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// Whether a parameter's value is kept from the database: `removed` as credentials::removed, and
// what links are signed with.
bool is_secret_parameter(std::string_view name, std::span<const std::string_view> removed);

// What can't stand in a link, and what can't in its host.
inline constexpr std::string_view ends_a_link = " \t\r\n\"'<>";
inline constexpr std::string_view ends_a_host = "/?#\\ \t\r\n\"'<>";

// Plain text with all its links cleaned. Passwords that stood before a host are added to
// `passwords`.
std::string with_clean_links(std::string_view text, const providers::credentials& rules,
                             std::vector<std::string>& passwords);

// Appends plain text as the contents of a JSON string.
void append_escaped(std::string& to, std::string_view plain);

// As it stands in a link: all but the unreserved characters of RFC 3986 encoded.
std::string percent_encoded(std::string_view text);

} // namespace callmirror::decode

// The small languages that values of the configuration are written in. Pure and thread-safe.
#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace callmirror::config {

// "30s", "15m", "6h", "90d": digits (nine at most) and one unit, nothing else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// A whole number of seconds as the shortest of these forms: "15m", not "900s".
std::string duration_text(std::chrono::milliseconds duration);

// 1 to 64 of a-z A-Z 0-9 _ . - (it stands in every row, in metrics and on command lines).
bool is_account_name(std::string_view text);

// 127.0.0.0/8, ::1 or localhost; an IPv6 address without brackets.
bool is_loopback(std::string_view host);

// The rule a base URL breaks, or its form without a slash at the end and with host and scheme in
// lower case. A name or password in it is never shown.
struct base_url_result {
    std::string url;      // "" where it breaks a rule
    std::string rule;     // `want https://`, goes behind "is ..., "
    bool may_show = true; // false where the text may hold a secret
};
base_url_result parse_base_url(std::string_view text);

// "127.0.0.1:9464", "[::1]:9464", "localhost:9464" (127.0.0.1); port 0 to 65535. Other host names
// are none: which address they have could change under the feet of allow_remote.
std::optional<listen_address> parse_listen(std::string_view text);

// The one of `known`, which are in lower case, with the least edit_distance to `word` in lower
// case; the first of several. "" where `known` is empty.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

} // namespace callmirror::config

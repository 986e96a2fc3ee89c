// What an answer's header fields mean to a mirror: when to come back, how many records, which page.
// Pure and thread-safe; every byte comes from the server, so nothing here throws over a value: what
// can't be read counts as not sent.
#pragma once

#include "sync/base/time.hpp"
#include "sync/fetch/answer.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace callmirror::fetch {

// Names in any case; values without the blanks around them.
struct header_field {
    std::string_view name;
    std::string_view value;
};

// Nobody is made to wait longer than this by a header: a server that asks for a year has a fault.
inline constexpr std::chrono::milliseconds longest_asked_wait = std::chrono::hours{24};

// `now` is the local time; it stands in where the answer has no Date, so that a server whose clock
// is wrong still means what it says. Link fields are joined with ", ". Of RateLimit and
// X-RateLimit fields the former count; a reset may be seconds, epoch seconds or a date.
answer_headers read_headers(std::span<const header_field> fields, utc_time now);

// "120", "1.5" or an HTTP date, counted from `sent`: from 0 to longest_asked_wait.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, utc_time sent);

enum class content_coding { identity, gzip, unknown };

// Of all Content-Encoding fields; several codings one over the other are `unknown`.
content_coding read_coding(std::span<const header_field> fields);

// The first field of that name, nullopt where there is none.
std::optional<std::string_view> find_field(std::span<const header_field> fields,
                                           std::string_view name);

} // namespace callmirror::fetch

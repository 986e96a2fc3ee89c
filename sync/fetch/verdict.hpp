// What an answer means for what to do next, and how long to wait before trying again.
// Pure.
#pragma once

#include "sync/fetch/answer.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callmirror::fetch {

enum class verdict : std::uint8_t {
    ok,
    timeout,         // a limit passed
    connection_lost, // no answer, or half of one
    throttled,       // 429
    server_busy,     // 408, 425, 5xx
    bad_page,        // 200, but not what was asked for
    unauthorized,    // 401: the key is refused
    forbidden,       // 403
    not_found,       // 404, 410
    bad_request,     // any other 4xx: the request will never do
    redirected,      // 3xx: never followed
    bad_certificate, // an operator has to look
    too_large,       // over our limit
    stopped,
};
inline constexpr std::size_t verdicts = 14;

verdict judge(const answer& got);

// "timeout", "server_busy": as the values are called, for labels.
std::string_view name_of(verdict what);

// Whether the same request may well get another answer later.
bool is_retryable(verdict what);

// "503", "timeout after 10 s", "429": a word for what happened, printable, without secrets or
// e-mail addresses.
std::string describe(const answer& got);

// The wait before the n-th retry (from 1): doubling from half a second to half a minute, with
// jitter between the half and the whole. `chance` is uniform in [0, 2^32).
std::chrono::milliseconds backoff(int retry, std::uint32_t chance);

} // namespace callmirror::fetch

// What came of one request: an HTTP answer, or the reason why there is none.
#pragma once

#include "sync/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callmirror::fetch {

// Named by what to do next.
enum class failure_kind {
    none,            // there is an answer
    unreachable,     // no address, refused, reset, TLS broken off: try again later
    timeout,         // a named limit passed: try again
    truncated,       // the body ended early: try again
    too_large,       // header or body over the limit: trying again gives the same
    bad_answer,      // not HTTP, or a coding we did not ask for: try again
    bad_certificate, // name, authority or date is wrong: an operator has to look
    stopped,         // we are stopping
};

// Headers that decide something; names and values as RFC 9110 has them, already parsed.
struct answer_headers {
    std::string content_type;                             // media type in lower case, no parameters
    std::optional<std::uint64_t> total_count;             // X-Total-Count, X-Total
    std::optional<std::uint64_t> last_page;               // in Link's rel="last", as it counts them
    std::optional<std::chrono::milliseconds> retry_after; // relative to the answer's own Date
    std::optional<utc_time> date;
    // X-RateLimit-* and RateLimit-*: how many requests are left, and in how long they renew.
    std::optional<std::uint64_t> rate_limit;
    std::optional<std::uint64_t> rate_remaining;
    std::optional<std::chrono::milliseconds> rate_reset;
    std::string location;
};

struct answer {
    failure_kind failure = failure_kind::none;
    std::string failure_text; // "connect to 127.0.0.1:443: connection refused"; no secrets
    int status = 0;           // 0 where there is no answer
    answer_headers headers;
    std::string body; // inflated; capacity() exceeds size() by 64 bytes or more, for simdjson
    std::chrono::milliseconds elapsed{0}; // since its turn came: look-up, connecting and all
};

} // namespace callmirror::fetch

// Requests to the simulated API and its answers, without sockets. An answer says, beside status,
// headers and body, how the connection is to fail, so that a server or a simulation can carry it
// out.
#pragma once

#include "sync/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callmirror::simulator {

using header_list = std::vector<std::pair<std::string, std::string>>;

// The first of that name, whatever the case; "" where there is none.
std::string_view find_header(const header_list& headers, std::string_view name);

struct request {
    std::string method = "GET";
    std::string target; // path and query, as sent
    header_list headers{};
    utc_time time{}; // when it arrived, by the simulated clock
};

// What happens on the wire instead of, or beside, a whole answer.
struct transport {
    enum class ending : std::uint8_t {
        whole,        // the whole answer; the connection stays
        reset_before, // the connection is reset, no byte is sent
        reset_within, // `bytes` of the body are sent, then a reset
        cut_within,   // `bytes` of the body are sent, then an orderly close
        hang,         // nothing is sent; the connection stays open until the client gives up
        hang_within,  // `bytes` of the body are sent, then nothing more
    };
    ending end = ending::whole;
    std::size_t bytes = 0;                 // of the body, as sent (compressed where it is)
    std::chrono::milliseconds delay{0};    // before the first byte
    std::size_t bytes_per_second = 0;      // 0: as fast as it goes
    std::int64_t content_length_error = 0; // added to the Content-Length that is announced
    bool chunked = false;
    bool close = false; // after the answer
};

struct response {
    int status = 200;
    header_list headers; // without Content-Length, Transfer-Encoding and Connection
    std::shared_ptr<const std::string> body = std::make_shared<const std::string>();
    transport wire;
};

// Path and decoded parameters of a target.
struct parsed_target {
    std::string path; // decoded
    std::vector<std::pair<std::string, std::string>> parameters;
};
// nullopt where an escape is malformed.
std::optional<parsed_target> parse_target(std::string_view target);

std::string base64(std::string_view text);

// A JSON error body of the usual form.
response error_response(int status, std::string_view message);

} // namespace callmirror::simulator

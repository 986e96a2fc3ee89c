// Turns the bytes of one HTTP response into an answer. No socket and no clock: it is given what was
// read and says when it has enough, so every cut, split and lie of a server is a table of cases.
// All it keeps is bounded by `response_limits`. One object a response; not thread-safe.
#pragma once

#include "sync/base/time.hpp"
#include "sync/fetch/answer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace callmirror::fetch {

struct response_limits {
    std::size_t header = 64U << 10U; // bytes, status line, fields and trailers
    std::size_t body = 64U << 20U;   // bytes as sent, and after inflating
};

// connect: to a proxy's CONNECT, which has no body of ours.
enum class request_kind : std::uint8_t { get, connect };

class response_reader {
public:
    explicit response_reader(const response_limits& limits, request_kind kind = request_kind::get);
    ~response_reader();
    response_reader(const response_reader&) = delete;
    response_reader& operator=(const response_reader&) = delete;

    // True until the response is complete or has failed. The calls below marked (reading) need it.
    bool reading() const;

    // (reading) Where the next bytes go: never empty, valid until the next call.
    std::span<char> prepare();
    // (reading) `size` bytes have been put there.
    void commit(std::size_t size);
    // (reading) The connection ended: `clean` where that was said (TLS close_notify, a TCP FIN
    // without TLS), which ends a body without a length; anything else is a cut.
    void end_of_stream(bool clean);
    // (reading) The caller gives up.
    void fail(failure_kind failure, const std::string& text);

    // Bytes committed so far.
    std::size_t received() const;
    // Whether bytes came after the end of a complete response.
    bool surplus() const;
    // Whether the connection can serve another request: the response is complete, nothing came
    // after it, and the server didn't say that it closes.
    bool reusable() const;

    // Once, when not reading. `now` is the local time, for answers without a Date.
    answer take(utc_time now);

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace callmirror::fetch

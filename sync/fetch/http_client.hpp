// The HTTP client of one account: GET over TLS (or plain HTTP to loopback), kept alive, bounded.
//
// One io thread owns it: every member is called there, and every answer arrives there. It must
// outlive the requests under way; `stop()` ends them, and the owner joins them before destroying
// it. It sends one request and tells what happened. Retrying, pace and what a body means are
// decided above it.
#pragma once

#include "sync/fetch/answer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::fetch {

struct client_options {
    std::string base_url; // "https://api.snapcall.io", no path; http:// for loopback hosts only
    std::string authorization; // the whole header value: a secret, never logged
    std::string user_agent;
    std::string ca_file; // trusted beside the system's authorities; "" for none
    std::size_t max_connections = 4;
    std::chrono::milliseconds request_timeout{30'000}; // from sending to the last byte
    std::chrono::milliseconds resolve_timeout{10'000};
    std::chrono::milliseconds connect_timeout{10'000};   // TCP, to one address
    std::chrono::milliseconds handshake_timeout{10'000}; // TLS; a proxy's CONNECT has as much
    std::chrono::milliseconds idle_timeout{
        50'000};                       // a parked connection older than this is not used
    std::size_t max_body = 64U << 20U; // bytes, after inflating too
    std::size_t max_header = 64U << 10U;
    // Overrides https_proxy, all_proxy and no_proxy (url.hpp); "" for none. By the environment,
    // loopback hosts are never reached through a proxy.
    std::optional<std::string> proxy;
};

// Sends GET requests. `target` is path and query: "/v2/calls?page=1&limit=100".
class http_client {
public:
    // Throws std::invalid_argument where base_url, proxy or ca_file can't be used; the text names
    // the rule and no secret. Opens nothing.
    http_client(boost::asio::any_io_executor executor, client_options options);
    ~http_client();
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;

    // Waits for its turn, in order of arrival, where max_connections are busy; no limit counts
    // that. Never throws for what the network or the server does: that is a `failure` in the
    // answer. Throws std::invalid_argument at once where `target` is no path; it is not used any
    // more when the call returns. A request on a kept-alive connection that the server had closed
    // meanwhile (no byte of an answer came) is sent once more on a new connection, within the same
    // request_timeout. Cancelling the coroutine (terminal) ends it as stop() does.
    boost::asio::awaitable<answer> get(const std::string& target);

    // Cancels what is under way: those answers are `failure_kind::stopped`. Later calls of get()
    // are answered so at once. Idempotent.
    void stop();

    struct counters {
        std::uint64_t requests = 0;
        std::uint64_t connections = 0;
        std::uint64_t bytes_received = 0; // as on the wire, before inflating
    };
    const counters& totals() const;

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace callmirror::fetch

// The way from this machine to one API: origin, proxy, authorities, limits, and the text that
// requests on it start and end with. Made once from a client's options; no socket.
#pragma once

#include "sync/fetch/http_client.hpp"
#include "sync/fetch/response_reader.hpp"
#include "sync/fetch/url.hpp"

#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace callmirror::fetch {

struct route {
    origin to;
    std::optional<proxy_server> via;
    std::shared_ptr<boost::asio::ssl::context> tls; // nullptr for http://
    std::chrono::milliseconds connect_timeout{0};
    std::chrono::milliseconds handshake_timeout{0};
    std::chrono::milliseconds request_timeout{0};
    response_limits limits;

    std::string connect_request; // to the proxy: it never holds the key
    std::string before_target;   // "GET "
    std::string after_target;    // " HTTP/1.1\r\nHost: ..."; holds the key: a secret

    // The host whose addresses are to be connected to.
    const host_port& first_hop() const { return via ? via->where : to.where; }
};

// Throws std::invalid_argument as http_client's constructor says.
route make_route(const client_options& options, const environment& variables);

// What is sent to ask for `target`. Throws std::invalid_argument where that is no path and query in
// ASCII.
std::string make_request(const route& on, const std::string& target);

} // namespace callmirror::fetch

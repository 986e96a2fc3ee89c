// Serves a simulated API over HTTPS or HTTP on loopback: keep-alive, many connections, every fault
// of the transport carried out on the wire. One thread of its own.
//
//     world data(seed, options);
//     service api(data);
//     server running(api);
//     ... base_url(), ca_file() go to the client ...
//     { const auto guard = running.lock(); data.remove(resource::calls, id); }
//
// While it runs, world and service are touched only under lock(). Both must outlive it.
#pragma once

#include "sync/base/time.hpp"
#include "tests/simulator/control.hpp"
#include "tests/simulator/service.hpp"
#include "tests/support/certificates.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace callmirror::simulator {

struct server_options {
    bool tls = true;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; // 0: any that is free
    std::string ca_file;    // where the authority's certificate is written; "": a temporary file
    // Another certificate than one for localhost and loopback: a wrong name, an expired one.
    std::optional<test_support::certificate_request> certificate;
    std::function<utc_time()> clock; // what the API takes for now; none: the system's
    bool live = false;               // the world lives on with the clock
};

class server {
public:
    // Listens when it returns. Throws std::exception where it can't.
    explicit server(service& api, server_options options = {});
    ~server(); // stops
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    std::string base_url() const; // "https://127.0.0.1:40123"
    std::uint16_t port() const;
    std::string ca_file() const; // "" without TLS

    // Drops every connection and ends the thread. Idempotent; a temporary ca_file is removed. Not
    // under lock(). Another server may take the same port at once: an outage that ends.
    void stop();

    // Holds the API still. Any thread.
    std::unique_lock<std::mutex> lock();
    // So far. Any thread.
    traffic seen() const;

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace callmirror::simulator

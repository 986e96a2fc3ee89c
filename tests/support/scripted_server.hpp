// A server that does what a test says, byte by byte, over TLS or without: the faults that real
// servers, proxies and networks have. Blocking, one thread a connection, on a port of its own.
#pragma once

#include "tests/support/certificates.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;     // OpenSSL's SSL
struct ssl_ctx_st; // and SSL_CTX

namespace callmirror::test_support {

// The server's end of one connection. Used by its script's thread alone.
class scripted_peer {
public:
    scripted_peer(int descriptor, std::size_t number);
    ~scripted_peer(); // finish()
    scripted_peer(const scripted_peer&) = delete;
    scripted_peer& operator=(const scripted_peer&) = delete;

    std::size_t number() const { return number_; } // of the connection, from 0
    // Up to and with the blank line; "" where the client has gone.
    std::string read_request();
    // False where the client has gone.
    bool write(std::string_view bytes);
    // Until the client closes.
    void wait_until_closed();

    bool start_tls(ssl_ctx_st* context);
    // The four ways to go: with close_notify and FIN; with FIN alone; with RST.
    void finish();
    void cut();
    void reset();
    void interrupt(); // from any thread: all of the above calls end

private:
    std::ptrdiff_t read_some(char* into, std::size_t size);

    int descriptor_;
    std::size_t number_;
    ssl_st* tls_ = nullptr;
    std::string surplus_;
};

struct server_options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;              // 0: any that is free
    std::optional<pem_pair> certificate; // nullopt: no TLS
    bool only_tls_1_1 = false;
    // Runs before TLS begins, as a proxy's CONNECT does; false ends the connection there.
    std::function<bool(scripted_peer&)> before_tls;
};

class scripted_server {
public:
    using script = std::function<void(scripted_peer&)>;

    // Runs `script` for every connection, each in a thread of its own, after TLS where there is
    // any. A connection that the script leaves open is finished properly.
    scripted_server(server_options options, script on_connection);
    ~scripted_server(); // ends all connections and joins
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;

    std::uint16_t port() const { return port_; }
    std::string base_url() const; // "https://127.0.0.1:40123"
    std::size_t connections() const { return connections_; }

private:
    void accept_all();
    void serve(scripted_peer& peer);

    server_options options_;
    script script_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    ssl_ctx_st* context_ = nullptr;
    std::atomic<std::size_t> connections_{0};
    std::mutex mutex_; // guards peers_ and threads_
    std::vector<std::shared_ptr<scripted_peer>> peers_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

// A port on which every new connection hangs: its queue is full and nobody accepts.
class deaf_listener {
public:
    // Throws std::runtime_error where `port` (0: any) is taken.
    explicit deaf_listener(const std::string& address, std::uint16_t port = 0);
    ~deaf_listener();
    deaf_listener(const deaf_listener&) = delete;
    deaf_listener& operator=(const deaf_listener&) = delete;
    std::uint16_t port() const { return port_; }

private:
    std::vector<int> descriptors_;
    std::uint16_t port_ = 0;
};

} // namespace callmirror::test_support

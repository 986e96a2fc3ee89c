// A TCP proxy of the tests' own: stands between the program and a server on loopback, and does to
// their connections what networks do. One thread of its own; every call may come from any thread.
//
//     tcp_proxy network(server.port(), 7);
//     ... the client connects to 127.0.0.1:network.port() ...
//     network.set({.piece = 1});                       // one byte at a time
//     network.strike(network_fault::cut, 20'000, 5);   // five times, every 20 kB or so
//     network.seen().struck                            // whether it did
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace callmirror::test_support {

// What a strike does to the connection whose byte it falls on.
enum class network_fault : std::uint8_t {
    cut,       // both ends are closed properly
    reset,     // both ends get RST
    half_open, // nothing is forwarded any more, and nothing is closed
    reorder,   // two pieces are forwarded in the wrong order, as no TCP does: TLS must notice
};

// How bytes pass, from now on and on all connections.
struct network_manners {
    std::chrono::milliseconds delay{0}; // before each piece that arrives is passed on
    std::size_t piece = 0;              // bytes passed on at once; 0: as they come
    bool ragged = false;                // pieces of 1 to `piece` bytes, drawn anew for each
    std::size_t bytes_per_second = 0;   // of each direction of a connection; 0: no limit
};

struct network_counts {
    std::uint64_t connections = 0;
    std::uint64_t bytes = 0;   // passed on, both directions
    std::uint64_t pieces = 0;  // that they were passed on in
    std::uint64_t delayed = 0; // pieces that waited
    std::uint64_t struck = 0;  // connections, by strike()
    std::uint64_t frozen = 0;  // of these, those that are half-open still
};

class tcp_proxy {
public:
    // To 127.0.0.1:`server`. The seed decides where strikes fall and how pieces are cut.
    // Throws std::exception where it can't listen.
    explicit tcp_proxy(std::uint16_t server, std::uint64_t seed = 1);
    ~tcp_proxy(); // ends every connection
    tcp_proxy(const tcp_proxy&) = delete;
    tcp_proxy& operator=(const tcp_proxy&) = delete;

    std::uint16_t port() const;
    void set(network_manners manners);
    // At most `times`, each after 1 to 2 * `every` further bytes, all connections together. Another
    // call replaces what is left of the one before.
    void strike(network_fault what, std::uint64_t every, std::uint64_t times);
    void cut_all();       // now, half-open ones too
    void refuse(bool on); // new connections are reset at once; those that are there go on
    void forward_to(std::uint16_t server); // new connections only
    network_counts seen() const;

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace callmirror::test_support

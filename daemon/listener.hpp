// The daemon's HTTP server: metrics, health and the status page. Small on purpose: one io thread,
// no bodies taken in, a limit on everything a client can make it hold.
//
// Must be stopped and joined before it goes; `answer` is called on the io thread and must not
// block.
#pragma once

#include "config/settings.hpp"
#include "daemon/web_answer.hpp"
#include "sync/engine/tasks.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace callmirror::daemon {

struct listener_limits {
    std::chrono::milliseconds request{10'000}; // from its first byte to the end of its header
    std::chrono::milliseconds answer{10'000};  // until the client has taken it
    std::chrono::milliseconds idle{75'000};    // between requests; longer than a usual scrape
    std::size_t connections = 32;              // what comes beyond is closed at once
    std::size_t header = 8 * 1024;             // bytes
};

class listener {
public:
    using answerer = std::function<web_answer(const web_request&)>;

    listener(boost::asio::any_io_executor executor, engine::clock& time, answerer answer,
             engine::report say, listener_limits limits = {});
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    // Serves there from now on, and nowhere else: connections to another address are closed. Does
    // nothing where it listens there already. nullopt: nowhere. "" where it went well, else what
    // went wrong, and everything is as it was.
    std::string listen(const std::optional<config::listen_address>& at);

    std::uint16_t port() const; // 0 where it does not listen
    std::string url() const;    // "http://127.0.0.1:9464/"; "" where it does not

    // Closes everything.
    void stop();
    // After stop().
    engine::awaitable<void> join();

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace callmirror::daemon

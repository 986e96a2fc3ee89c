// Finds a host's addresses without ever holding the io thread up.
//
// getaddrinfo can't be cancelled, and Asio's resolver makes ~io_context wait for it. Here it runs
// on a thread of its own that is left alone when it takes too long: what it finds late is used next
// time. The last good addresses stand in where a look-up fails, so that an outage of DNS does not
// stop what it need not. One look-up at a time; callers that come meanwhile share it.
//
// Owned by the io thread; must be destroyed before its io_context, with nobody waiting.
#pragma once

#include "sync/fetch/answer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callmirror::fetch {

struct look_up_result {
    std::vector<boost::asio::ip::address> addresses; // in the order to try them
    failure_kind failure = failure_kind::none;       // none, unreachable, timeout or stopped
    std::string failure_text;                        // "look up api.snapcall.io: ..."
};

// Blocks; called on a thread of its own, which may outlive the resolver. Must not throw.
using look_up_function = std::function<look_up_result(const std::string& host)>;
look_up_result system_look_up(const std::string& host);

class resolver {
public:
    resolver(boost::asio::any_io_executor executor, std::string host,
             look_up_function look_up = system_look_up);
    ~resolver();
    resolver(const resolver&) = delete;
    resolver& operator=(const resolver&) = delete;

    // An address as host is its own answer. What was found in the last few seconds is reused.
    boost::asio::awaitable<look_up_result> resolve(std::chrono::milliseconds limit);

    // Ends what waits, and all later calls, with failure_kind::stopped. Idempotent.
    void stop();

private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

} // namespace callmirror::fetch

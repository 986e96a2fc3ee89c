// One connection to the API, straight or through a proxy, with TLS or without: opened once, then
// used for one request after the other. Every step has a time limit; when one passes, or a step
// fails, the socket is closed and the object is good for nothing but being destroyed.
//
// Owned by the io thread. The route must outlive it, and nobody may be suspended in it when it is
// destroyed, except where the io_context itself goes.
#pragma once

#include "sync/fetch/answer.hpp"
#include "sync/fetch/route.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace callmirror::fetch {

using monotonic_time = std::chrono::steady_clock::time_point;

struct failure {
    failure_kind kind = failure_kind::none;
    std::string text;
};

struct exchanged {
    answer result;
    bool silent = false;      // closed or reset before the first byte of an answer
    std::size_t received = 0; // bytes, as sent by the server
};

class connection {
public:
    connection(const boost::asio::any_io_executor& executor, const route& on);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // Tries the addresses in turn, at most eight of them; none of its steps goes on after
    // `deadline`.
    boost::asio::awaitable<failure> open(const std::vector<boost::asio::ip::address>& addresses,
                                         monotonic_time deadline);
    // The one that worked.
    const boost::asio::ip::address& address() const;

    // Sends `request` as it is and reads the answer, which must be complete by `deadline`.
    boost::asio::awaitable<exchanged> exchange(const std::string& request, monotonic_time deadline);
    // Whether exchange() may be called again.
    bool reusable() const;
    // False where the server has said something, or closed, since the last answer: a time-out's
    // 408 must not be taken for the answer to the next request.
    bool quiet();

    // What is under way ends with failure_kind::stopped.
    void stop();

private:
    struct implementation;
    std::shared_ptr<implementation> implementation_; // shared with its timer's handler alone
};

} // namespace callmirror::fetch

// What a coroutine waits for while another thread works for it.
#pragma once

#include "sync/engine/ports.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <memory>

namespace callmirror::daemon {

// Shared by the coroutine and the thread: whichever is gone first, the other finds memory that
// lives.
class completion {
public:
    // `executor`: the io thread's, which waits.
    explicit completion(const boost::asio::any_io_executor& executor)
        : wake_(executor, boost::asio::steady_timer::time_point::max()) {}

    // Resumes when finish() was called; throws its error. Once, on the io thread.
    engine::awaitable<void> wait();

    // On any thread, once.
    static void finish(std::shared_ptr<completion> which, std::exception_ptr error);

private:
    boost::asio::steady_timer wake_; // waited for and woken on the io thread alone
    std::exception_ptr error_;
    bool done_ = false;
};

} // namespace callmirror::daemon

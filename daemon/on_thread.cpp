#include "daemon/on_thread.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <thread>

namespace callmirror::daemon {

engine::awaitable<void> on_thread(const boost::asio::any_io_executor& executor,
                                  const std::function<void()>& work) {
    boost::asio::steady_timer wake(executor, boost::asio::steady_timer::time_point::max());
    std::exception_ptr error;
    bool done = false;
    std::thread thread([&] {
        try {
            work();
        } catch (...) {
            error = std::current_exception();
        }
        boost::asio::post(executor, [&done, &wake] {
            done = true;
            wake.cancel();
        });
    });
    constexpr auto completion = boost::asio::as_tuple(boost::asio::use_awaitable);
    while (!done) {
        co_await wake.async_wait(completion);
    }
    thread.join();
    if (error) {
        std::rethrow_exception(error);
    }
}

} // namespace callmirror::daemon

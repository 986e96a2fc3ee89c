#include "daemon/completion.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace callmirror::daemon {

engine::awaitable<void> completion::wait() {
    constexpr auto how = boost::asio::as_tuple(boost::asio::use_awaitable);
    while (!done_) {
        co_await wake_.async_wait(how);
    }
    if (error_) {
        std::rethrow_exception(error_);
    }
}

void completion::finish(std::shared_ptr<completion> which, std::exception_ptr error) {
    const auto executor = which->wake_.get_executor();
    boost::asio::post(executor, [which = std::move(which), error = std::move(error)] {
        which->done_ = true;
        which->error_ = error;
        which->wake_.cancel();
    });
}

} // namespace callmirror::daemon

#include "daemon/decode_thread.hpp"

#include "daemon/completion.hpp"

#include <boost/asio/post.hpp>

namespace callmirror::daemon {

decode_thread::~decode_thread() {
    pool_.stop();
    pool_.join();
}

engine::awaitable<void> decode_thread::run(engine::work_ref work) {
    const auto owner = std::make_shared<completion>(executor_);
    boost::asio::post(pool_, [mine = owner, work]() mutable {
        std::exception_ptr error;
        try {
            work();
        } catch (...) {
            error = std::current_exception();
        }
        completion::finish(std::move(mine), std::move(error));
    });
    co_await owner->wait();
}

} // namespace callmirror::daemon

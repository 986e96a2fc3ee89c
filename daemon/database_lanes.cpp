#include "daemon/database_lanes.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace callmirror::daemon {

// Shared by the coroutine and the lane: whichever is gone first, the other finds memory that lives.
struct database_lanes::waiter {
    explicit waiter(const boost::asio::any_io_executor& executor)
        : wake(executor, boost::asio::steady_timer::time_point::max()) {}

    boost::asio::steady_timer wake; // touched by the io thread alone, as all but `job` is
    std::exception_ptr error;
    bool done = false;
};

database_lanes::database_lanes(boost::asio::any_io_executor executor, std::size_t lanes,
                               store_factory make)
    : executor_(std::move(executor))
    , make_(std::move(make)) {
    for (std::size_t i = 0; i < lanes; ++i) {
        threads_.emplace_back([this] { loop(); });
    }
}

database_lanes::~database_lanes() {
    stop();
}

engine::awaitable<void> database_lanes::run(engine::job_ref job) {
    const auto owner = std::make_shared<waiter>(executor_);
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            throw write::database_lost("the program is stopping");
        }
        queue_.push_back({job, owner});
    }
    filled_.notify_one();
    constexpr auto completion = boost::asio::as_tuple(boost::asio::use_awaitable);
    while (!owner->done) {
        co_await owner->wake.async_wait(completion);
    }
    if (owner->error) {
        std::rethrow_exception(owner->error);
    }
}

void database_lanes::resume(std::shared_ptr<waiter> owner, std::exception_ptr error) {
    boost::asio::post(executor_, [owner = std::move(owner), error = std::move(error)] {
        owner->done = true;
        owner->error = error;
        owner->wake.cancel();
    });
}

void database_lanes::loop() {
    std::unique_ptr<write::store> store;
    std::unique_lock lock(mutex_);
    while (true) {
        filled_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) {
            return;
        }
        auto next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        std::exception_ptr error;
        try {
            if (!store) {
                store = make_();
            }
            next.job(*store);
        } catch (...) {
            error = std::current_exception();
        }
        resume(std::move(next.owner), std::move(error));
        lock.lock();
    }
}

std::size_t database_lanes::queued() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void database_lanes::stop() {
    std::deque<entry> dropped;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(queue_);
    }
    filled_.notify_all();
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
    for (auto& each : dropped) {
        resume(std::move(each.owner),
               std::make_exception_ptr(write::database_lost("the program is stopping")));
    }
}

} // namespace callmirror::daemon

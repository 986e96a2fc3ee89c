#include "sync/engine/tasks.hpp"

#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace callmirror::engine {

task_group::task_group(boost::asio::any_io_executor executor, clock& time)
    : executor_(std::move(executor))
    , time_(time) {}

void task_group::spawn(std::string name, awaitable<void> work) {
    ++running_;
    boost::asio::co_spawn(executor_, std::move(work),
                          [this, name = std::move(name)](std::exception_ptr error) {
                              ended(name, std::move(error));
                          });
}

void task_group::ended(const std::string& /*name*/, std::exception_ptr error) {
    --running_;
    if (error) {
        if (!first_error_) {
            first_error_ = std::move(error);
        }
        stop();
    }
    if (running_ == 0 && joined_) {
        joined_->wake();
    }
}

void task_group::stop() {
    stopping_ = true;
    sleepers_.wake_all();
}

awaitable<void> task_group::join() {
    joined_ = time_.make_alarm();
    while (running_ > 0) {
        co_await joined_->wait_until(steady_time::max());
    }
    joined_.reset();
    if (first_error_) {
        std::rethrow_exception(first_error_);
    }
}

awaitable<bool> task_group::sleep_until(steady_time at) {
    if (stopping_) {
        co_return false;
    }
    const auto wait = time_.make_alarm();
    const wait_list::entry registered(sleepers_, *wait);
    co_await wait->wait_until(at);
    co_return !stopping_;
}

awaitable<bool> signal::wait_until(steady_time at) {
    if (group_.stopping_) {
        co_return false;
    }
    const auto wait = group_.time_.make_alarm();
    const wait_list::entry in_group(group_.sleepers_, *wait);
    const wait_list::entry here(waiting_, *wait);
    co_await wait->wait_until(at);
    co_return !group_.stopping_;
}

} // namespace callmirror::engine

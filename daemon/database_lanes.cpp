#include "daemon/database_lanes.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace callmirror::daemon {

database_lanes::database_lanes(boost::asio::any_io_executor executor, std::size_t lanes,
                               store_factory make)
    : executor_(std::move(executor))
    , make_(std::move(make))
    , lanes_(lanes) {
    for (auto& each : lanes_) {
        each.thread = std::thread([this, &each] { loop(each); });
    }
}

database_lanes::~database_lanes() {
    stop();
}

engine::awaitable<void> database_lanes::run(engine::job_ref job) {
    return wait_for(job, turn::last);
}

engine::awaitable<void> database_lanes::run_first(engine::job_ref job) {
    return wait_for(job, turn::first);
}

engine::awaitable<void> database_lanes::wait_for(engine::job_ref job, turn when) {
    const auto owner = std::make_shared<completion>(executor_);
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            throw write::database_lost("the program is stopping");
        }
        if (when == turn::first) {
            queue_.insert(queue_.begin() + static_cast<std::ptrdiff_t>(urgent_++),
                          entry{job, owner});
        } else {
            queue_.push_back({job, owner});
        }
        call_first_idle();
    }
    co_await owner->wait();
}

void database_lanes::call_first_idle() {
    const auto first = std::ranges::find(lanes_, true, &lane::is_idle);
    if (first != lanes_.end()) {
        first->is_idle = false;
        first->called.notify_one();
    }
}

void database_lanes::loop(lane& mine) {
    std::unique_ptr<write::store> store;
    if (&mine == lanes_.data()) {
        try {
            store = make_();
        } catch (...) { // the first job tries again, and tells
            store = nullptr;
        }
    }
    std::unique_lock lock(mutex_);
    while (true) {
        mine.called.wait(lock, [&] { return stopping_ || !mine.is_idle; });
        if (stopping_) {
            return;
        }
        work_off(store, lock);
        mine.is_idle = true;
    }
}

void database_lanes::work_off(std::unique_ptr<write::store>& store,
                              std::unique_lock<std::mutex>& lock) {
    while (!queue_.empty()) {
        auto next = std::move(queue_.front());
        queue_.pop_front();
        urgent_ -= urgent_ > 0 ? 1 : 0;
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
        // Locked first: whoever waits for this job finds the lane idle for the next one.
        lock.lock();
        completion::finish(std::move(next.owner), std::move(error));
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
    for (auto& each : lanes_) {
        each.called.notify_one();
    }
    for (auto& each : lanes_) {
        if (each.thread.joinable()) {
            each.thread.join();
        }
    }
    for (auto& each : dropped) {
        completion::finish(std::move(each.owner), std::make_exception_ptr(write::database_lost(
                                                      "the program is stopping")));
    }
}

} // namespace callmirror::daemon

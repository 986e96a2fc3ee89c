// Runs the engines' database jobs on a few threads of their own, each with its own store.
//
// Jobs wait in one queue, first come first served but for those that can't wait. A coroutine that
// waits for its job queues no other, so the queue is as long as there are such coroutines and no
// longer: when PostgreSQL is slow, they all wait here, and nothing is fetched. A job goes to the
// first lane that is idle, never to each in turn: a server process has to map every page of the
// shared buffers that it touches, and batches that take turns on three of them pay for that three
// times. run() belongs to the io thread. The lanes must be destroyed before the io_context whose
// coroutines wait for them: a job that has begun is finished first, one that has not never runs.
#pragma once

#include "daemon/completion.hpp"
#include "sync/engine/ports.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace callmirror::daemon {

class database_lanes final : public engine::database {
public:
    // Makes a lane's store; called on its thread: for the first one at once, as a connection takes
    // its time, for each other before its first job. What it throws then is thrown by that job's
    // run(), and the next job tries again.
    using store_factory = std::function<std::unique_ptr<write::store>()>;

    database_lanes(boost::asio::any_io_executor executor, std::size_t lanes, store_factory make);
    ~database_lanes() override;

    engine::awaitable<void> run(engine::job_ref job) override;
    engine::awaitable<void> run_first(engine::job_ref job) override;

    std::size_t queued() const; // jobs that wait for a lane; any thread

    // Drops what has not begun (its run() throws database_lost) and joins the threads. Blocks for
    // as long as the jobs that have begun take.
    void stop();

private:
    struct entry {
        engine::job_ref job;
        std::shared_ptr<completion> owner;
    };
    struct lane {
        std::condition_variable called;
        bool is_idle = true;
        std::thread thread;
    };
    enum class turn : std::uint8_t { first, last };
    engine::awaitable<void> wait_for(engine::job_ref job, turn when);
    void call_first_idle();
    void loop(lane& mine);
    void work_off(std::unique_ptr<write::store>& store, std::unique_lock<std::mutex>& lock);

    boost::asio::any_io_executor executor_;
    store_factory make_;
    mutable std::mutex mutex_;
    std::deque<entry> queue_;
    std::size_t urgent_ = 0; // so many of its first ones go before the others
    bool stopping_ = false;
    std::vector<lane> lanes_;
};

} // namespace callmirror::daemon

// A group of coroutines that live and end together. None is ever detached: the first one that
// throws stops the others, and join() tells the owner. One io thread; must outlive its coroutines:
// join() before it goes, or destroy the io_context that holds them.
#pragma once

#include "sync/engine/ports.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/intrusive/list.hpp>

#include <exception>
#include <string>

namespace callmirror::engine {

// Alarms that are woken together, in the order in which they came. An entry leaves with its scope;
// where a whole io_context is thrown away, list and entries may go in any order.
class wait_list {
    using hook = boost::intrusive::list_base_hook<
        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

public:
    class entry : public hook {
    public:
        entry(wait_list& in, alarm& which)
            : which_(which) {
            in.entries_.push_back(*this);
        }
        entry(const entry&) = delete;
        entry& operator=(const entry&) = delete;

    private:
        friend class wait_list;
        alarm& which_;
    };

    void wake_all() {
        for (auto& each : entries_) {
            each.which_.wake();
        }
    }

private:
    boost::intrusive::list<entry, boost::intrusive::constant_time_size<false>> entries_;
};

class task_group {
public:
    task_group(boost::asio::any_io_executor executor, clock& time);

    // `name` is for traces. Where `work` throws, the group stops.
    void spawn(std::string name, awaitable<void> work);

    // Ends every sleep, now and later. The coroutines end by themselves.
    void stop();
    bool stopping() const { return stopping_; }

    // Until every coroutine has ended; then throws what the first failing one threw.
    awaitable<void> join();

    // False where the group is stopping.
    awaitable<bool> sleep_until(steady_time at);

    clock& time() { return time_; }

private:
    friend class signal;
    void ended(const std::string& name, std::exception_ptr error);

    boost::asio::any_io_executor executor_;
    clock& time_;
    wait_list sleepers_;
    std::exception_ptr first_error_;
    std::unique_ptr<alarm> joined_;
    std::size_t running_ = 0;
    bool stopping_ = false;
};

// What coroutines of one group wait for together.
class signal {
public:
    explicit signal(task_group& group)
        : group_(group) {}

    void notify() { waiting_.wake_all(); }
    // Until notify(), `at`, or the group's stop; false where it is stopping. Check the condition
    // before and after: nothing is remembered.
    awaitable<bool> wait_until(steady_time at);

private:
    task_group& group_;
    wait_list waiting_;
};

} // namespace callmirror::engine

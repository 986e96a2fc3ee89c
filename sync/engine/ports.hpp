// The engine's seams to the world: time, the API, the database, a thread to calculate on, and
// somebody who listens. The daemon puts the real things there; the simulation its own. Everything
// here belongs to the io thread.
#pragma once

#include "sync/base/time.hpp"
#include "sync/fetch/answer.hpp"
#include "sync/write/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace callmirror::engine {

template <typename T>
using awaitable = boost::asio::awaitable<T>;

// One wait at a time.
class alarm {
public:
    virtual ~alarm() = default;
    // Returns when `at` has come or wake() is called. Never throws.
    virtual awaitable<void> wait_until(steady_time at) = 0;
    // Ends the wait under way; does nothing where none is. The waiting coroutine goes on later, not
    // within this call.
    virtual void wake() = 0;
};

class clock {
public:
    virtual ~clock() = default;
    virtual steady_time now() const = 0;
    virtual utc_time utc() const = 0; // may step either way
    virtual std::unique_ptr<alarm> make_alarm() = 0;
    virtual std::uint32_t chance() = 0; // uniform
};

// One account's API.
class source {
public:
    virtual ~source() = default;
    virtual awaitable<fetch::answer> get(const std::string& target) = 0;
    // A text about an answer, which may quote what was sent, without the key in it.
    virtual std::string censored(std::string text) const { return text; }
};

// A call that is made once, soon, while the callee is alive. Trivial, so that it may stand inside a
// co_await expression (g++ 12 destroys other temporaries there twice).
template <typename... Arguments>
class call_ref {
public:
    template <typename Job>
    requires(!std::same_as<Job, call_ref>) // its copies refer to the job, not to each other
        call_ref(Job& job)                 // NOLINT(google-explicit-constructor)
        : object_(&job)
        , call_([](void* object, Arguments... arguments) {
            (*static_cast<Job*>(object))(arguments...);
        }) {}
    void operator()(Arguments... arguments) const { call_(object_, arguments...); }

private:
    void* object_;
    void (*call_)(void*, Arguments...);
};
using job_ref = call_ref<write::store&>;
using work_ref = call_ref<>;

// Runs jobs on the database's threads, behind a bounded queue.
class database {
public:
    virtual ~database() = default;
    // Resumes on the io thread when the job has run; throws what it threw. `job` has to live until
    // then: name it first.
    virtual awaitable<void> run(job_ref job) = 0;
    // The same, before all that waits: what a lease depends on.
    virtual awaitable<void> run_first(job_ref job) = 0;
};

// Calculates beside the io thread, one work after the other in the order they come.
class worker {
public:
    virtual ~worker() = default;
    // Resumes on the io thread when the work is done; throws what it threw. `work` has to live
    // until then, and what it touches may be touched by nobody else: name it first.
    virtual awaitable<void> run(work_ref work) = 0;
};

enum class level : std::uint8_t { debug, info, warning, error };
// Printable text without secrets, one line.
using report = std::function<void(level, const std::string&)>;

} // namespace callmirror::engine

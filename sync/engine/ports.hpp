// The engine's seams to the world: time, the API, the database, and somebody who listens. The
// daemon puts the real things there; the simulation its own. Everything here belongs to the io
// thread.
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
class job_ref {
public:
    template <typename Job>
    requires(!std::same_as<Job, job_ref>) // its copies refer to the job, not to each other
        job_ref(Job& job)                 // NOLINT(google-explicit-constructor)
        : object_(&job)
        , call_([](void* object, write::store& store) { (*static_cast<Job*>(object))(store); }) {}
    void operator()(write::store& store) const { call_(object_, store); }

private:
    void* object_;
    void (*call_)(void*, write::store&);
};

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

enum class level : std::uint8_t { debug, info, warning, error };
// Printable text without secrets, one line.
using report = std::function<void(level, const std::string&)>;

} // namespace callmirror::engine

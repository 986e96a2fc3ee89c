// Stopping in two steps: the first signal asks for an end; the second one makes it, or ten seconds,
// or one where there is nothing but a database to wait for that does not answer.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace callmirror::daemon {

inline constexpr std::chrono::milliseconds vain_stop{1'000};
inline constexpr std::chrono::milliseconds longest_stop{9'500}; // within ten seconds all is over

struct signal_handlers {
    std::function<void()> stop; // at the first SIGTERM or SIGINT
    // Nothing is in hand, and the database does not answer. Looked at once, after vain_stop.
    std::function<bool()> waits_in_vain;
    std::function<void()> reload; // at SIGHUP; where it is empty, SIGHUP stops as well
    // At the second signal, or when time is up: says why, and ends the process.
    std::function<void(const std::string& why)> end_at_once;
};

// Listens from construction to destruction; handlers run on the io thread. SIGPIPE is ignored from
// then on: a reader of our output that is gone is no reason to stop mirroring.
class stop_signals {
public:
    stop_signals(boost::asio::any_io_executor executor, signal_handlers handlers);
    ~stop_signals();
    stop_signals(const stop_signals&) = delete;
    stop_signals& operator=(const stop_signals&) = delete;

    // Nothing is left to be stopped: lets the io_context run out of work.
    void done();

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

// Without destructors: nothing that is under way may be waited for. Flushes standard output.
[[noreturn]] void leave_at_once(int status);

} // namespace callmirror::daemon

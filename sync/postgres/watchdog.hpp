// Ends a wait for the database that nothing else ends: a server that is frozen but whose machine
// still acknowledges, or a COMMIT, which statement_timeout does not cover.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace callmirror::postgres {

// One thread that shuts a socket down when its time is up; the blocked call then fails as if the
// server had closed it. Watches one socket at a time. The socket must stay open while it is
// watched.
class watchdog {
public:
    watchdog();
    ~watchdog();
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    // Watches `socket` until destroyed.
    class [[nodiscard]] guard {
    public:
        guard(watchdog& owner, int socket, std::chrono::milliseconds limit);
        ~guard();
        guard(const guard&) = delete;
        guard& operator=(const guard&) = delete;

    private:
        watchdog& owner_;
    };

    // Whether the last watch ran out of time.
    bool fired() const;

private:
    void loop();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    std::chrono::steady_clock::time_point wakes_at_; // when the thread looks again by itself
    int socket_ = -1;
    bool fired_ = false;
    bool ending_ = false;
    std::thread thread_; // last: starts when everything else is there
};

} // namespace callmirror::postgres

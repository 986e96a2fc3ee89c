#include "sync/postgres/watchdog.hpp"

#include <csignal>
#include <sys/socket.h>

namespace callmirror::postgres {

watchdog::watchdog() {
    // Signals are the main thread's: this one takes none.
    sigset_t every;
    sigset_t before;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    thread_ = std::thread([this] { loop(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

watchdog::~watchdog() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool watchdog::fired() const {
    const std::lock_guard lock(mutex_);
    return fired_;
}

void watchdog::loop() {
    using clock = std::chrono::steady_clock;
    std::unique_lock lock(mutex_);
    while (!ending_) {
        if (!deadline_) {
            wakes_at_ = clock::time_point::max();
            changed_.wait(lock);
        } else if (clock::now() >= *deadline_) {
            ::shutdown(socket_, SHUT_RDWR);
            fired_ = true;
            deadline_.reset();
        } else {
            wakes_at_ = *deadline_;
            changed_.wait_until(lock, wakes_at_);
        }
    }
}

watchdog::guard::guard(watchdog& owner, int socket, std::chrono::milliseconds limit)
    : owner_(owner) {
    const std::lock_guard lock(owner_.mutex_);
    owner_.socket_ = socket;
    owner_.fired_ = false;
    owner_.deadline_ = std::chrono::steady_clock::now() + limit;
    // A thread that wakes earlier anyway finds the new deadline by itself: a switch for each
    // statement is saved.
    if (*owner_.deadline_ < owner_.wakes_at_)
        owner_.changed_.notify_one();
}

watchdog::guard::~guard() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.deadline_.reset();
}

} // namespace callmirror::postgres

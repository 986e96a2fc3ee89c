// systemd's notify protocol: datagrams to the socket that NOTIFY_SOCKET names. Needs no libsystemd,
// and does nothing where the variable is not set.
#pragma once

#include "sync/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace callmirror::daemon {

class notifier {
public:
    // `address`: a path, or "@name" in the abstract namespace; "" for none. Opens a socket only; an
    // address that can't be used counts as none.
    explicit notifier(std::string_view address);
    ~notifier();
    notifier(const notifier&) = delete;
    notifier& operator=(const notifier&) = delete;

    bool active() const { return socket_ >= 0; }

    // One line each; never blocks and never fails: systemd's not listening is no reason to stop.
    void ready();
    void still_starting(); // ready() is not late before 30 s from now
    void reloading();      // ready() ends it
    void stopping();
    void alive(); // for the watchdog
    void status(std::string_view line);

private:
    void send(const std::string& message) const;

    std::string address_;
    std::string last_status_;
    int socket_ = -1;
};

// How often alive() is to be called: half of WATCHDOG_USEC, where it is set for this very process
// (WATCHDOG_PID). `usec` and `pid` are the variables' values, "" where they are not set.
std::optional<steady_time> watchdog_interval(std::string_view usec, std::string_view pid,
                                             long this_process);

} // namespace callmirror::daemon

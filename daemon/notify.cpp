#include "daemon/notify.hpp"

#include <charconv>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace callmirror::daemon {
namespace {

std::optional<long long> number_in(std::string_view text) {
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

// What systemd compares with the moment of its own reload job.
std::string monotonic_usec() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::to_string(static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}

} // namespace

notifier::notifier(std::string_view address)
    : address_(address) {
    const bool usable = address_.size() > 1 && address_.size() < sizeof(sockaddr_un::sun_path) &&
                        (address_.front() == '/' || address_.front() == '@');
    if (usable) {
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
}

notifier::~notifier() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

void notifier::send(const std::string& message) const {
    if (socket_ < 0) {
        return;
    }
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    if (address_.front() == '@') {
        to.sun_path[0] = '\0'; // the abstract namespace; such a name has no end but the length's
    }
    const auto size = offsetof(sockaddr_un, sun_path) + address_.size();
    // The cast is the socket interface's own way.
    ::sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(size));
}

void notifier::ready() {
    send("READY=1");
}

void notifier::still_starting() {
    send("EXTEND_TIMEOUT_USEC=30000000");
}

void notifier::reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec());
}

void notifier::stopping() {
    send("STOPPING=1\nSTATUS=stopping");
}

void notifier::alive() {
    send("WATCHDOG=1");
}

void notifier::status(std::string_view line) {
    std::string one(line.substr(0, line.find('\n')));
    if (one != last_status_) {
        last_status_ = one;
        send("STATUS=" + one);
    }
}

std::optional<steady_time> watchdog_interval(std::string_view usec, std::string_view pid,
                                             long this_process) {
    const auto whole = number_in(usec);
    if (!whole || *whole <= 0 || (!pid.empty() && number_in(pid) != this_process)) {
        return std::nullopt;
    }
    return steady_time(std::max(*whole / 2, 1LL));
}

} // namespace callmirror::daemon

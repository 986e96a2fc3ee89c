#include "tests/integration/notify_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace callmirror::integration {

notify_socket::notify_socket(std::string path)
    : path_(std::move(path))
    , socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path) {
        throw std::runtime_error(path_ + ": too long for a socket");
    }
    std::memcpy(address.sun_path, path_.data(), path_.size());
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error(path_ + ": " + std::strerror(errno));
    }
    thread_ = std::thread([this] { receive(); });
}

notify_socket::~notify_socket() {
    ending_ = true;
    thread_.join();
    ::close(socket_);
    ::unlink(path_.c_str());
}

void notify_socket::receive() {
    std::array<char, 4096> bytes{};
    while (!ending_) {
        pollfd wait{socket_, POLLIN, 0};
        if (::poll(&wait, 1, 50) <= 0) {
            continue;
        }
        const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (size > 0) {
            const std::scoped_lock guard(mutex_);
            messages_.emplace_back(bytes.data(), static_cast<std::size_t>(size));
        }
    }
}

std::vector<std::string> notify_socket::messages() const {
    const std::scoped_lock guard(mutex_);
    return messages_;
}

std::size_t notify_socket::count(const std::string& text) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        messages(), [&](const std::string& each) { return each.starts_with(text); }));
}

int notify_socket::find(const std::string& text, int from) const {
    const auto all = messages();
    for (auto at = static_cast<std::size_t>(from); at < all.size(); ++at) {
        if (all[at].starts_with(text)) {
            return static_cast<int>(at);
        }
    }
    return -1;
}

} // namespace callmirror::integration

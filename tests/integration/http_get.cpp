#include "tests/integration/http_get.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace callmirror::integration {

http_reply http_get(const std::string& url) {
    constexpr std::string_view scheme = "http://";
    const auto path_at = url.find('/', scheme.size());
    const auto authority = url.substr(scheme.size(), path_at - scheme.size());
    const auto colon = authority.find(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(authority.substr(colon + 1))));
    if (::inet_pton(AF_INET, authority.substr(0, colon).c_str(), &to.sin_addr) != 1) {
        throw std::invalid_argument(url);
    }
    const int with = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(with, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::string received;
    if (::connect(with, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
        const auto asked = "GET " + url.substr(path_at) + " HTTP/1.1\r\nHost: " + authority +
                           "\r\nConnection: close\r\n\r\n";
        std::array<char, 65536> piece{};
        ssize_t size = ::send(with, asked.data(), asked.size(), MSG_NOSIGNAL);
        while (size > 0 && (size = ::recv(with, piece.data(), piece.size(), 0)) > 0) {
            received.append(piece.data(), static_cast<std::size_t>(size));
        }
    }
    ::close(with);
    const auto header_ends = received.find("\r\n\r\n");
    if (header_ends == std::string::npos) {
        return {};
    }
    return {.status = std::stoi(received.substr(received.find(' ') + 1)),
            .header = received.substr(0, header_ends),
            .body = received.substr(header_ends + 4)};
}

} // namespace callmirror::integration

#include "tests/simulator/connection.hpp"

namespace callmirror::simulator {

std::string head_of(const response& answer, bool keep_alive) {
    const auto reason =
        boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(answer.status));
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + ' ';
    head += std::string_view(reason.data(), reason.size());
    head += "\r\nServer: simulated-snapcall\r\n";
    for (const auto& [name, value] : answer.headers) {
        head += name + ": " + value + "\r\n";
    }
    if (answer.wire.chunked) {
        head += "Transfer-Encoding: chunked\r\n";
    } else {
        const auto length =
            static_cast<std::int64_t>(answer.body->size()) + answer.wire.content_length_error;
        head += "Content-Length: " + std::to_string(std::max<std::int64_t>(0, length)) + "\r\n";
    }
    head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

std::string in_chunks(std::string_view body) {
    constexpr std::size_t chunk = 16U << 10U;
    std::string out;
    while (!body.empty()) {
        const auto part = body.substr(0, chunk);
        std::array<char, 16> digits{};
        const auto end = std::to_chars(digits.begin(), digits.end(), part.size(), 16).ptr;
        out.append(digits.data(), end);
        out += "\r\n";
        out += part;
        out += "\r\n";
        body.remove_prefix(part.size());
    }
    return out + "0\r\n\r\n";
}

} // namespace callmirror::simulator

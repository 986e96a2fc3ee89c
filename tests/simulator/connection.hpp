// One client's connection to the simulated API, plain or TLS: reads requests, carries answers out
// with their faults. Included by server.cpp only; Asio and Beast stay there.
#pragma once

#include "tests/simulator/message.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace callmirror::simulator {

// Status line and headers as they go out, the empty line included.
std::string head_of(const response& answer, bool keep_alive);
// The body in chunks, the last one included.
std::string in_chunks(std::string_view body);

// What the server does with a request; called on the io thread. `local`: the client is on loopback.
using request_handler =
    std::function<response(const request& asked, const std::string& body, bool local)>;

// Requests that are being answered at the moment, over all connections.
struct flight {
    std::uint64_t now = 0; // the io thread's
    std::atomic<std::uint64_t> most{0};
};

template <typename Stream>
class connection {
public:
    // `handle` and `in_flight` must outlive it.
    connection(Stream stream, const request_handler& handle, flight& in_flight)
        : stream_(std::move(stream))
        , handle_(handle)
        , in_flight_(in_flight) {}

    Stream& stream() { return stream_; }

    // Until the client leaves, an answer ends the connection, or the io context is stopped.
    boost::asio::awaitable<void> serve() {
        while (co_await read()) {
            in_flight_.most = std::max<std::uint64_t>(in_flight_.most, ++in_flight_.now);
            const auto answer = handle_(asked_, body_, local_);
            const auto goes_on = co_await send(answer);
            --in_flight_.now;
            if (!goes_on) {
                break;
            }
        }
        boost::system::error_code ignored;
        socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
        socket().close(ignored);
    }

private:
    static constexpr auto token_ = boost::asio::as_tuple(boost::asio::use_awaitable);

    auto& socket() { return boost::beast::get_lowest_layer(stream_); }

    // False: the client has left, or sent what is no request.
    boost::asio::awaitable<bool> read() {
        namespace http = boost::beast::http;
        http::request_parser<http::string_body> parser;
        parser.body_limit(std::uint64_t{64} << 20U);
        const auto [error, bytes] = co_await http::async_read(stream_, buffer_, parser, token_);
        static_cast<void>(bytes);
        if (error) {
            co_return false;
        }
        const auto& message = parser.get();
        asked_ = request{};
        asked_.method = std::string(message.method_string());
        asked_.target = std::string(message.target());
        for (const auto& field : message) {
            asked_.headers.emplace_back(field.name_string(), field.value());
        }
        body_ = message.body();
        keep_alive_ = message.keep_alive();
        boost::system::error_code left;
        local_ = socket().remote_endpoint(left).address().is_loopback();
        co_return true;
    }

    // False: the connection is to be closed.
    boost::asio::awaitable<bool> send(const response& answer) {
        using end = transport::ending;
        const auto& wire = answer.wire;
        if (wire.delay.count() > 0) {
            co_await pause(wire.delay);
        }
        if (wire.end == end::hang) {
            co_await wait_for_client();
            co_return false;
        }
        if (wire.end == end::reset_before) {
            reset();
            co_return false;
        }
        const bool stays = keep_alive_ && !wire.close;
        const auto head = head_of(answer, stays);
        const auto chunked = wire.chunked ? in_chunks(*answer.body) : std::string();
        const std::string_view all = wire.chunked ? chunked : *answer.body;
        const auto part = wire.end == end::whole ? all : all.substr(0, wire.bytes);
        const bool sent = co_await send_bytes(head, part, wire.bytes_per_second);
        if (wire.end == end::hang_within && sent) {
            co_await wait_for_client();
        }
        if (wire.end == end::reset_within) {
            reset();
        }
        co_return sent&& stays&& wire.end == end::whole&& wire.content_length_error == 0;
    }

    boost::asio::awaitable<bool> send_bytes(std::string_view head, std::string_view body,
                                            std::size_t bytes_per_second) {
        if (bytes_per_second == 0) {
            const std::array<boost::asio::const_buffer, 2> both{
                boost::asio::buffer(head.data(), head.size()),
                boost::asio::buffer(body.data(), body.size())};
            const auto [error, bytes] = co_await boost::asio::async_write(stream_, both, token_);
            static_cast<void>(bytes);
            co_return !error;
        }
        const bool head_sent = co_await send_bytes(head, {}, 0);
        // Twenty steps a second, or one byte at a time.
        const auto step = std::max<std::size_t>(1, bytes_per_second / 20);
        const auto gap = std::chrono::microseconds(1'000'000 * step / bytes_per_second);
        bool sent = head_sent;
        while (sent && !body.empty()) {
            co_await pause(gap);
            sent = co_await send_bytes(body.substr(0, step), {}, 0);
            body.remove_prefix(std::min(step, body.size()));
        }
        co_return sent;
    }

    boost::asio::awaitable<void> pause(std::chrono::microseconds time) {
        boost::asio::steady_timer timer(stream_.get_executor(), time);
        const auto [error] = co_await timer.async_wait(token_);
        static_cast<void>(error);
    }

    // Until it closes, or sends something more.
    boost::asio::awaitable<void> wait_for_client() {
        std::array<char, 256> ignored{};
        const auto room = boost::asio::buffer(ignored);
        const auto [error, bytes] = co_await stream_.async_read_some(room, token_);
        static_cast<void>(error);
        static_cast<void>(bytes);
    }

    // RST instead of FIN.
    void reset() {
        boost::system::error_code ignored;
        socket().set_option(boost::asio::socket_base::linger(true, 0), ignored);
        socket().close(ignored);
    }

    Stream stream_;
    const request_handler& handle_;
    flight& in_flight_;
    boost::beast::flat_buffer buffer_;
    request asked_;
    std::string body_;
    bool keep_alive_ = true;
    bool local_ = false;
};

} // namespace callmirror::simulator

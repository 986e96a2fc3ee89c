// A blocking client and a simulated API for it, shared by the server's tests.
#pragma once

#include "tests/simulator/server.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <utility>

namespace callmirror::simulator {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

inline const utc_time monday = *parse_time("2026-03-02");

inline world_options two_days() {
    world_options made;
    made.start = monday;
    made.end = monday + 48h;
    made.calls_per_day = 200;
    made.streams_per_day = 4;
    return made;
}

inline server_options plain() {
    server_options made;
    made.tls = false;
    return made;
}

// One connection, blocking.
template <typename Stream>
class client {
public:
    struct result {
        int status = 0;
        std::string body; // as far as it came
        boost::system::error_code error;
    };

    explicit client(Stream connected)
        : stream_(std::move(connected)) {}

    result get(const std::string& target, http::verb verb = http::verb::get,
               const std::string& sent = "") {
        http::request<http::string_body> asked(verb, target, 11);
        asked.set(http::field::host, "localhost");
        asked.set(http::field::authorization, "Bearer simulated-key");
        asked.body() = sent;
        asked.prepare_payload();
        result made;
        http::write(stream_, asked, made.error);
        http::response_parser<http::string_body> parser;
        parser.body_limit(boost::none);
        while (!made.error && !parser.is_done()) {
            http::read_some(stream_, buffer_, parser, made.error);
        }
        made.status = parser.is_header_done() ? static_cast<int>(parser.get().result_int()) : 0;
        made.body = parser.get().body();
        return made;
    }

    Stream& stream() { return stream_; }

private:
    Stream stream_;
    boost::beast::flat_buffer buffer_;
};

class SimulatorServer : public ::testing::Test {
protected:
    tcp::socket connected(const server& to) {
        tcp::socket socket(context);
        socket.connect({asio::ip::make_address("127.0.0.1"), to.port()});
        return socket;
    }
    client<tcp::socket> connect(const server& to) { return client<tcp::socket>(connected(to)); }
    void script(const char* json) {
        for (auto& each : parse_faults(json)) {
            api.faults().add(std::move(each));
        }
    }

    world data{2, two_days()};
    service api{data};
    asio::io_context context;
};

} // namespace callmirror::simulator

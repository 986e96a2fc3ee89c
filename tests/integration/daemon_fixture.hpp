// What the tests of the running daemon have in common.
#pragma once

#include "tests/integration/consistency.hpp"
#include "tests/integration/harness.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <csignal>
#include <iostream>
#include <string>

namespace callmirror::integration {

class Daemon : public MirrorTest {
protected:
    bool says(const child& running, const std::string& text,
              std::chrono::milliseconds limit = 60s) {
        return eventually([&] { return running.err().find(text) != std::string::npos; }, limit);
    }
    // Of the status page, with its header; "" where nobody answers.
    static std::string answer_of(int port, const std::string& path) {
        boost::asio::io_context io;
        boost::asio::ip::tcp::socket socket(io);
        boost::system::error_code error;
        socket.connect({boost::asio::ip::address_v4::loopback(),
                        static_cast<boost::asio::ip::port_type>(port)},
                       error);
        const auto request =
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + "Connection: close\r\n\r\n";
        std::string answer;
        boost::asio::write(socket, boost::asio::buffer(request), error);
        boost::asio::read(socket, boost::asio::dynamic_buffer(answer), error);
        return answer;
    }
    bool has_call(std::int64_t id, const std::string& more = "") {
        return number("select count(*) from snapcall.calls where id = " + std::to_string(id) +
                      more) > 0;
    }
    void expect_ends_with_0(child& running, std::chrono::milliseconds limit = 30s) {
        running.signal(SIGTERM);
        const auto begun = std::chrono::steady_clock::now();
        const auto done = running.wait(limit);
        EXPECT_EQ(done.status, 0) << done.text();
        std::cout << "stopped after "
                  << std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now() - begun)
                         .count()
                  << " ms\n";
    }
};

} // namespace callmirror::integration

// The server itself, over real sockets on a free port; what it answers is web_answer_test's.
#include "daemon/clock.hpp"
#include "daemon/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <thread>

namespace callmirror::daemon {
namespace {

using boost::asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

const config::listen_address any_port{"127.0.0.1", 0};

// A client that waits for what it reads, ten seconds at most.
class client {
public:
    explicit client(std::uint16_t port) {
        socket_.connect({boost::asio::ip::address_v4::loopback(), port});
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    // False where the server has closed.
    bool send(const std::string& text) {
        boost::system::error_code error;
        boost::asio::write(socket_, boost::asio::buffer(text), error);
        return !error;
    }
    // An answer's header with its blank line.
    std::string header() {
        boost::system::error_code error;
        const auto size =
            boost::asio::read_until(socket_, boost::asio::dynamic_buffer(got_), "\r\n\r\n", error);
        auto text = got_.substr(0, size);
        got_.erase(0, size);
        return text;
    }
    std::string body(std::size_t size) {
        boost::system::error_code error;
        if (got_.size() < size) {
            boost::asio::read(socket_, boost::asio::dynamic_buffer(got_),
                              boost::asio::transfer_exactly(size - got_.size()), error);
        }
        auto text = got_.substr(0, size);
        got_.erase(0, size);
        return text;
    }
    // All that comes until the server closes; "(open)" at its end where it doesn't.
    std::string rest() {
        char piece[4096];
        while (true) {
            const auto size = ::recv(socket_.native_handle(), piece, sizeof piece, 0);
            if (size <= 0) {
                return size == 0 || errno == ECONNRESET ? got_ : got_ + "(open)";
            }
            got_.append(piece, static_cast<std::size_t>(size));
        }
    }

private:
    boost::asio::io_context io_;
    tcp::socket socket_{io_};
    std::string got_;
};

class Listener : public testing::Test {
protected:
    // Begins to serve with these limits.
    void begin(listener_limits limits = {}) {
        server_ = std::make_unique<listener>(
            io_.get_executor(), clock_,
            [](const web_request& asked) {
                if (asked.target == "/fault") {
                    throw std::runtime_error("a fault");
                }
                return web_answer{.status =
                                      asked.method == "GET" || asked.method == "HEAD" ? 200 : 405,
                                  .type = "text/plain",
                                  .body = std::string(asked.target) + ' ' +
                                          std::string(asked.host.value_or("no host"))};
            },
            [this](engine::level, const std::string& text) { said_.push_back(text); }, limits);
        thread_ = std::thread([this] { io_.run(); });
        EXPECT_EQ(listen(any_port), "");
    }
    // On the io thread, as everything of a listener's.
    template <typename Work>
    auto there(Work work) {
        std::packaged_task<decltype(work())()> task(work);
        auto result = task.get_future();
        boost::asio::post(io_, [&] { task(); });
        return result.get();
    }
    std::string listen(std::optional<config::listen_address> at) {
        return there([this, at] { return server_->listen(at); });
    }
    std::uint16_t port() {
        return there([this] { return server_->port(); });
    }
    void TearDown() override {
        if (server_) {
            there([this] { server_->stop(); });
            boost::asio::co_spawn(io_, server_->join(), boost::asio::use_future).get();
        }
        guard_.reset();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        io_.get_executor()};
    asio_clock clock_{io_.get_executor(), 1};
    std::unique_ptr<listener> server_;
    std::thread thread_;
    std::vector<std::string> said_;
};

TEST_F(Listener, AnswersOverOneConnectionAgainAndAgain) {
    begin();
    client here(port());
    for (const std::string path : {"/a", "/b", "/c"}) {
        here.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_THAT(here.header(), StartsWith("HTTP/1.1 200 OK\r\n"));
        EXPECT_EQ(here.body(12), path + " localhost");
    }
}

TEST_F(Listener, AnswersPipelinedRequestsInOrder) {
    begin();
    client here(port());
    here.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n"
              "Connection: close\r\n\r\n");
    const auto all = here.rest();
    EXPECT_LT(all.find("/a x"), all.find("/b x"));
    EXPECT_THAT(all, EndsWith("/b x"));
}

TEST_F(Listener, ClosesWhereTheClientAsksForIt) {
    begin();
    client modern(port());
    modern.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(modern.rest(), EndsWith("/a x"));
    client old(port());
    old.send("GET /a HTTP/1.0\r\nHost: x\r\n\r\n");
    EXPECT_THAT(old.rest(), EndsWith("/a x"));
}

TEST_F(Listener, SendsNoBodyToHead) {
    begin();
    client here(port());
    here.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto all = here.rest();
    EXPECT_THAT(all, HasSubstr("Content-Length: 4\r\n"));
    EXPECT_THAT(all, EndsWith("\r\n\r\n"));
}

TEST_F(Listener, SendsAStrictPolicyWithEveryAnswer) {
    begin();
    for (const std::string request : {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "nonsense\r\n\r\n"}) {
        client here(port());
        here.send(request);
        const auto header = here.header();
        EXPECT_THAT(header, HasSubstr("Content-Security-Policy: default-src 'none'; "));
        EXPECT_THAT(header, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
        EXPECT_THAT(header, HasSubstr("Cache-Control: no-store\r\n"));
    }
}

TEST_F(Listener, NamesTheMethodsItTakes) {
    begin();
    client here(port());
    here.send("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto header = here.header();
    EXPECT_THAT(header, StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(header, HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST_F(Listener, TakesNoBody) {
    begin();
    for (const std::string kind : {"Content-Length: 30", "Transfer-Encoding: chunked"}) {
        client here(port());
        here.send("POST /a HTTP/1.1\r\nHost: x\r\n" + kind +
                  "\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto all = here.rest();
        EXPECT_THAT(all, StartsWith("HTTP/1.1 405 "));
        EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
        EXPECT_THAT(all, EndsWith("\r\n\r\n/a x")); // what follows is no request
    }
}

TEST_F(Listener, CountsTwoHostsAsNone) {
    begin();
    client here(port());
    here.send("GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(here.rest(), EndsWith("/a no host"));
}

TEST_F(Listener, RefusesAHugeHeader) {
    begin();
    for (const std::string& line :
         {"GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(100'000, 'a') + "\r\n\r\n"}) {
        client here(port());
        here.send(line);
        EXPECT_THAT(here.header(), StartsWith("HTTP/1.1 431 "));
    }
}

TEST_F(Listener, RefusesWhatIsNotHttp) {
    begin();
    for (const std::string& text :
         {std::string("nonsense\r\n\r\n"), std::string("\x16\x03\x01\x02", 4),
          std::string("GET / HTTP/9.9\r\n\r\n")}) {
        client here(port());
        here.send(text + "\r\n\r\n");
        EXPECT_THAT(here.header(), StartsWith("HTTP/1.1 400 "));
    }
}

TEST_F(Listener, ClosesOnASlowClient) {
    begin({.request = 50ms});
    client here(port());
    here.send("GET / HT");
    EXPECT_EQ(here.rest(), "");
}

TEST_F(Listener, ClosesOnAClientThatDripsBytes) {
    begin({.request = 100ms});
    client here(port());
    const auto begun = std::chrono::steady_clock::now();
    here.send("GET / HTTP/1.1\r\nHost: ");
    while (here.send("x") && std::chrono::steady_clock::now() - begun < 10s) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST_F(Listener, ClosesOnAClientThatSaysNothing) {
    begin({.idle = 50ms});
    client here(port());
    EXPECT_EQ(here.rest(), "");
}

TEST_F(Listener, KeepsNoMoreConnectionsThanItsLimit) {
    begin({.connections = 2});
    client first(port());
    client second(port());
    for (auto* each : {&first, &second}) {
        each->send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_THAT(each->header(), HasSubstr("200 OK"));
    }
    client third(port());
    EXPECT_EQ(third.rest(), "");
    first.body(4);
    first.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(first.rest(), HasSubstr("200 OK"));
}

TEST_F(Listener, OutlivesAFaultOfItsAnswerer) {
    begin();
    client here(port());
    here.send("GET /fault HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(here.header(), StartsWith("HTTP/1.1 500 "));
    client again(port());
    again.send("GET /fault HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(again.header(), StartsWith("HTTP/1.1 500 "));
    const auto said = there([this] { return said_; });
    EXPECT_THAT(said, testing::ElementsAre(HasSubstr("a fault")));
}

TEST_F(Listener, SaysWhichAddressIsTaken) {
    begin();
    listener other(io_.get_executor(), clock_, nullptr, nullptr);
    const auto taken = port();
    const auto wrong = there([&] {
        return other.listen(config::listen_address{"127.0.0.1", taken});
    });
    EXPECT_EQ(wrong, "http.listen 127.0.0.1:" + std::to_string(taken) + ": Address already in use");
    EXPECT_EQ(there([&] { return other.port(); }), 0);
    EXPECT_EQ(there([&] { return other.url(); }), "");
}

TEST_F(Listener, MovesAndLeavesNothingBehind) {
    begin();
    const auto before = port();
    client kept(before);
    kept.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(kept.header(), HasSubstr("200 OK"));
    EXPECT_EQ(kept.body(4), "/a x");
    // All addresses with the same port: it has to let go of the first.
    EXPECT_EQ(listen(config::listen_address{"0.0.0.0", before}), "");
    EXPECT_EQ(kept.rest(), "");
    client here(before);
    here.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(here.header(), HasSubstr("200 OK"));
    EXPECT_EQ(listen(std::nullopt), "");
    EXPECT_EQ(port(), 0);
    EXPECT_THROW(client gone(before), boost::system::system_error);
}

TEST_F(Listener, StaysWhereItIsIfItCannotMove) {
    begin();
    tcp::acceptor other(io_, {boost::asio::ip::address_v4::loopback(), 0});
    const auto taken = other.local_endpoint().port();
    EXPECT_THAT(listen(config::listen_address{"127.0.0.1", taken}), HasSubstr("already in use"));
    client here(port());
    here.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(here.header(), HasSubstr("200 OK"));
}

TEST_F(Listener, NamesItsAddressAsAUrl) {
    begin();
    EXPECT_EQ(there([this] { return server_->url(); }),
              "http://127.0.0.1:" + std::to_string(port()) + '/');
}

TEST_F(Listener, StopsWithClientsOpen) {
    begin();
    client quiet(port());
    client half(port());
    half.send("GET / HT");
    TearDown();
    server_.reset();
    EXPECT_EQ(quiet.rest(), "");
    EXPECT_EQ(half.rest(), "");
}

} // namespace
} // namespace callmirror::daemon

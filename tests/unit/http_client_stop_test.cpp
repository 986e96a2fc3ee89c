#include "tests/unit/http_client_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callmirror::fetch {
namespace {

// Stopping, at every stage: the server says when it is reached.

class HttpClientStop : public HttpClient {
protected:
    // Stops the client from the io thread once the server has called `reached`.
    answer stop_at(client_options options,
                   const std::function<void(std::function<void()> reached)>& arrange) {
        http_client client{io.get_executor(), std::move(options)};
        arrange([this, &client] { asio::post(io, [&client] { client.stop(); }); });
        const answer got = get(client);
        EXPECT_EQ(get(client).failure, failure_kind::stopped) << "later calls too";
        return got;
    }
};

TEST_F(HttpClientStop, EndsAConnect) {
    const deaf_listener deaf{"127.0.0.1"};
    const auto options = options_for("https://127.0.0.1:" + std::to_string(deaf.port()));
    http_client client{io.get_executor(), options};
    answer got;
    start(client, "/", got);
    io.poll(); // up to the wait for the connection
    client.stop();
    io.run();
    EXPECT_EQ(got.failure, failure_kind::stopped);
}

TEST_F(HttpClientStop, EndsALookUp) {
    http_client client{io.get_executor(), options_for("https://localhost:1")};
    answer got;
    start(client, "/", got);
    asio::post(io, [&] { client.stop(); }); // its thread has hardly started
    io.run();
    EXPECT_EQ(got.failure, failure_kind::stopped);
}

// What a server does up to the moment when the client is stopped.
struct stage_case {
    const char* name;
    bool before_tls;
    const char* sent;
};

TEST_F(HttpClientStop, EndsARequestAtEveryStage) {
    const std::vector<stage_case> cases{
        {"handshake", true, ""},
        {"waiting for an answer", false, ""},
        {"in the header", false, "HTTP/1.1 200 OK\r\nX: "},
        {"in the body", false, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1"},
        {"in a body without a length", false, "HTTP/1.1 200 OK\r\n\r\n[1"},
    };
    for (const auto& c : cases) {
        std::function<void()> reached;
        const auto stall = [&](scripted_peer& peer) {
            if (!c.before_tls) {
                peer.read_request();
            }
            peer.write(c.sent);
            reached();
            peer.wait_until_closed();
        };
        server_options options = with_tls();
        if (c.before_tls) {
            options.before_tls = [&](scripted_peer& peer) {
                stall(peer);
                return false;
            };
        }
        const scripted_server server{options, stall};
        const answer got =
            stop_at(options_for(server), [&](auto when) { reached = std::move(when); });
        EXPECT_EQ(got.failure, failure_kind::stopped) << c.name << ": " << got.failure_text;
        EXPECT_EQ(got.status, 0);
    }
}

TEST_F(HttpClientStop, EndsAProxysConnect) {
    std::function<void()> reached;
    server_options mute;
    const scripted_server proxy{mute, [&](scripted_peer& peer) {
                                    peer.read_request();
                                    reached();
                                    peer.wait_until_closed();
                                }};
    client_options options = options_for("https://api.example");
    options.proxy = proxy_url(proxy);
    const answer got = stop_at(options, [&](auto when) { reached = std::move(when); });
    EXPECT_EQ(got.failure, failure_kind::stopped);
}

TEST_F(HttpClientStop, EndsThoseThatWaitForTheirTurn) {
    http_client* subject = nullptr;
    const scripted_server server{with_tls(), [&](scripted_peer& peer) {
                                     peer.read_request();
                                     asio::post(io, [&] { subject->stop(); });
                                     peer.wait_until_closed();
                                 }};
    client_options options = options_for(server);
    options.max_connections = 1;
    http_client client{io.get_executor(), options};
    subject = &client;
    std::vector<answer> answers(4);
    for (auto& into : answers) {
        start(client, "/v2/calls", into);
    }
    io.run();
    for (const auto& got : answers) {
        EXPECT_EQ(got.failure, failure_kind::stopped);
    }
    client.stop(); // once more does nothing
}

TEST_F(HttpClientStop, MayBeDestroyedWithRequestsUnderWayWhenTheIoContextGoes) {
    const scripted_server server{with_tls(), [&](scripted_peer& peer) {
                                     peer.read_request();
                                     asio::post(io, [this] { io.stop(); });
                                     peer.wait_until_closed();
                                 }};
    auto options = options_for(server);
    options.max_connections = 1;
    const auto owner = std::make_unique<http_client>(io.get_executor(), options);
    std::vector<answer> answers(3);
    for (auto& into : answers) {
        start(*owner, "/v2/calls", into);
    }
    io.run();
    for (const auto& got : answers) {
        EXPECT_EQ(got.status, 0);
    }
    io.~io_context(); // destroys the suspended requests while their client lives
    new (&io) asio::io_context;
}

TEST_F(HttpClientStop, EndsWithItsCoroutineWhenThatIsCancelled) {
    asio::cancellation_signal cancel;
    const scripted_server server{
        with_tls(), [&](scripted_peer& peer) {
            peer.read_request();
            if (peer.number() == 0) {
                asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
                peer.wait_until_closed();
            }
            peer.write(sized("[1]"));
        }};
    client_options options = options_for(server);
    options.max_connections = 1;
    http_client client{io.get_executor(), options};
    answer cancelled;
    asio::co_spawn(
        io, client.get("/v2/calls"),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, answer got) {
            ASSERT_FALSE(error);
            cancelled = std::move(got);
        }));
    answer next;
    start(client, "/v2/calls", next);
    io.run();
    EXPECT_EQ(cancelled.failure, failure_kind::stopped);
    EXPECT_EQ(next.body, "[1]") << "the turn of the cancelled one was given on";
}

} // namespace
} // namespace callmirror::fetch

#include "sync/fetch/connection.hpp"
#include "sync/fetch/route.hpp"
#include "tests/unit/http_client_fixture.hpp"

#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::fetch {
namespace {

TEST_F(HttpClient, GivesADeadFirstAddressItsOwnLimitOnly) {
    const scripted_server server{with_tls(), always(sized("[1]"))};
    const deaf_listener deaf{"127.0.0.2", server.port()};
    client_options options = options_for(server);
    options.connect_timeout = 200ms;
    const route on = make_route(options, [](const std::string&) { return std::nullopt; });
    connection link{io.get_executor(), on};
    const std::vector<asio::ip::address> addresses{
        asio::ip::make_address("127.0.0.2"), // hangs
        asio::ip::make_address("127.0.0.3"), // refuses
        asio::ip::make_address("127.0.0.1"),
    };
    failure got{failure_kind::stopped, "not called back"};
    asio::co_spawn(io, link.open(addresses, monotonic_time::max()),
                   [&](std::exception_ptr, const failure& why) { got = why; });
    io.run();
    EXPECT_EQ(got.kind, failure_kind::none) << got.text;
    EXPECT_EQ(link.address(), addresses.back());
}

TEST_F(HttpClient, SaysHowManyAddressesItTried) {
    const deaf_listener deaf{"127.0.0.2"};
    client_options options = options_for("https://127.0.0.2:" + std::to_string(deaf.port()));
    options.connect_timeout = 20ms;
    const route on = make_route(options, [](const std::string&) { return std::nullopt; });
    connection link{io.get_executor(), on};
    const std::vector<asio::ip::address> addresses(20, asio::ip::make_address("127.0.0.2"));
    failure got;
    asio::co_spawn(io, link.open(addresses, monotonic_time::max()),
                   [&](std::exception_ptr, const failure& why) { got = why; });
    io.run();
    EXPECT_EQ(got.kind, failure_kind::timeout);
    EXPECT_THAT(got.text, EndsWith("not done within 20 ms (the last of 8 addresses)"));
}

TEST_F(HttpClient, KeepsItsConnection) {
    const scripted_server server{with_tls(), always(sized("[1]"))};
    http_client client{io.get_executor(), options_for(server)};
    for (int number = 0; number < 5; ++number) {
        EXPECT_EQ(get(client).body, "[1]");
    }
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_EQ(client.totals().connections, 1U);
    EXPECT_EQ(client.totals().requests, 5U);
    EXPECT_EQ(client.totals().bytes_received, 5 * sized("[1]").size());
}

TEST_F(HttpClient, KeepsNoConnectionBeyondItsIdleTime) {
    const scripted_server server{with_tls(), always(sized("[1]"))};
    client_options options = options_for(server);
    options.idle_timeout = 0ms;
    http_client client{io.get_executor(), options};
    EXPECT_EQ(get(client).body, "[1]");
    EXPECT_EQ(get(client).body, "[1]");
    EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClient, KeepsNoConnectionThatTheServerCloses) {
    const scripted_server server{with_tls(), always(sized("[1]", "Connection: close\r\n"))};
    http_client client{io.get_executor(), options_for(server)};
    EXPECT_EQ(get(client).body, "[1]");
    EXPECT_EQ(get(client).body, "[1]");
    EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClient, AsksAgainAtOnceWhereAKeptConnectionWasClosed) {
    for (const auto& close : std::vector<std::function<void(scripted_peer&)>>{
             [](scripted_peer& peer) { peer.finish(); }, [](scripted_peer& peer) { peer.cut(); },
             [](scripted_peer& peer) { peer.reset(); },
             [](scripted_peer& peer) {
                 peer.read_request();
                 peer.reset();
             }}) {
        const scripted_server server{with_tls(), [&](scripted_peer& peer) {
                                         peer.read_request();
                                         peer.write(sized("[1]"));
                                         close(peer);
                                     }};
        http_client client{io.get_executor(), options_for(server)};
        EXPECT_EQ(get(client).body, "[1]");
        const answer second = get(client);
        EXPECT_EQ(second.body, "[1]") << second.failure_text;
        EXPECT_EQ(server.connections(), 2U);
    }
}

TEST_F(HttpClient, AsksAgainOnceOnly) {
    const scripted_server server{with_tls(), [](scripted_peer& peer) {
                                     peer.read_request();
                                     if (peer.number() == 0) {
                                         peer.write(sized("[1]"));
                                     }
                                     peer.cut();
                                 }};
    http_client client{io.get_executor(), options_for(server)};
    EXPECT_EQ(get(client).body, "[1]");
    EXPECT_EQ(get(client).failure, failure_kind::unreachable);
    EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClient, AsksAgainWithinTheSameLimit) {
    server_options options = with_tls();
    options.before_tls = [](scripted_peer& peer) {
        if (peer.number() == 0) {
            return true;
        }
        peer.wait_until_closed(); // the second handshake hangs
        return false;
    };
    const scripted_server server{options, [](scripted_peer& peer) {
                                     peer.read_request();
                                     peer.write(sized("[1]"));
                                     peer.read_request();
                                     peer.cut();
                                 }};
    client_options limited = options_for(server);
    limited.request_timeout = 500ms;
    http_client client{io.get_executor(), limited};
    ASSERT_EQ(get(client).body, "[1]");
    const answer got = get(client);
    EXPECT_EQ(got.failure, failure_kind::timeout);
    EXPECT_THAT(got.failure_text, StartsWith("tls with "));
    EXPECT_LT(got.elapsed, 10s) << "the handshake's own limit is an hour";
    EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClient, DoesNotTakeATimeOutsWordForAnAnswer) {
    // Some servers say 408 to a connection that is idle for too long, and close it.
    std::promise<void> said;
    const scripted_server server{
        {}, [&](scripted_peer& peer) {
            peer.read_request();
            peer.write(sized("[1]"));
            if (peer.number() == 0) {
                peer.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
                said.set_value();
                peer.wait_until_closed();
            }
        }};
    http_client client{io.get_executor(), options_for(server)};
    const answer first = get(client);
    said.get_future().wait();
    EXPECT_EQ(first.body, "[1]");
    EXPECT_EQ(get(client).status, 200);
    EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClient, DoesNotAskAgainOnceAByteHasCome) {
    const scripted_server server{with_tls(), [](scripted_peer& peer) {
                                     peer.read_request();
                                     peer.write(sized("[1]"));
                                     peer.read_request();
                                     peer.write("H");
                                     peer.cut();
                                 }};
    http_client client{io.get_executor(), options_for(server)};
    EXPECT_EQ(get(client).body, "[1]");
    EXPECT_EQ(get(client).failure, failure_kind::truncated);
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpClient, OpensNoMoreConnectionsThanAllowedAndServesInOrder) {
    std::mutex mutex;
    std::vector<std::string> order;
    const scripted_server server{with_tls(), [&](scripted_peer& peer) {
                                     for (;;) {
                                         const std::string request = peer.read_request();
                                         if (request.empty()) {
                                             return;
                                         }
                                         {
                                             const std::lock_guard lock{mutex};
                                             order.push_back(request.substr(4, 3));
                                         }
                                         peer.write(sized("[1]"));
                                     }
                                 }};
    client_options options = options_for(server);
    options.max_connections = 1;
    http_client client{io.get_executor(), options};
    std::vector<answer> answers(9);
    for (std::size_t number = 0; number < answers.size(); ++number) {
        start(client, "/" + std::to_string(number) + "x", answers[number]);
    }
    io.run();
    for (const auto& got : answers) {
        EXPECT_EQ(got.body, "[1]") << got.failure_text;
    }
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_THAT(order, ::testing::ElementsAre("/0x", "/1x", "/2x", "/3x", "/4x", "/5x", "/6x",
                                              "/7x", "/8x"));
}

TEST_F(HttpClient, RunsAsManyRequestsSideBySideAsAllowed) {
    const scripted_server server{with_tls(), always(sized("[1]"))};
    client_options options = options_for(server);
    options.max_connections = 3;
    http_client client{io.get_executor(), options};
    std::vector<answer> answers(12);
    for (auto& into : answers) {
        start(client, "/v2/calls", into);
    }
    io.run();
    for (const auto& got : answers) {
        EXPECT_EQ(got.body, "[1]") << got.failure_text;
    }
    EXPECT_EQ(server.connections(), 3U);
}

TEST_F(HttpClient, DoesNotCountTheWaitForATurn) {
    // Three requests of 250 ms each, one after the other, under a limit of 600 ms.
    const scripted_server server{with_tls(), [](scripted_peer& peer) {
                                     while (!peer.read_request().empty()) {
                                         usleep(250'000);
                                         peer.write(sized("[1]"));
                                     }
                                 }};
    client_options options = options_for(server);
    options.max_connections = 1;
    options.request_timeout = 600ms;
    http_client client{io.get_executor(), options};
    std::vector<answer> answers(3);
    for (auto& into : answers) {
        start(client, "/v2/calls", into);
    }
    io.run();
    for (const auto& got : answers) {
        EXPECT_EQ(got.body, "[1]") << got.failure_text;
    }
}

} // namespace
} // namespace callmirror::fetch

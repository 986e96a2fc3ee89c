#include "sync/fetch/inflate.hpp"
#include "tests/unit/http_client_fixture.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace callmirror::fetch {
namespace {

TEST_F(HttpClient, SendsARequestAsItShouldBe) {
    std::string request;
    const scripted_server server{with_tls(), [&](scripted_peer& peer) {
                                     request = peer.read_request();
                                     peer.write(sized("[]"));
                                 }};
    http_client client{io.get_executor(), options_for(server)};
    const answer got = get(client, "/v2/calls?page=1&limit=100");
    EXPECT_EQ(got.failure_text, "");
    EXPECT_EQ(request, "GET /v2/calls?page=1&limit=100 HTTP/1.1\r\n"
                       "Host: 127.0.0.1:" +
                           std::to_string(server.port()) +
                           "\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n"
                           "User-Agent: callmirror/test\r\nAuthorization: " +
                           key + "\r\n\r\n");
}

TEST_F(HttpClient, ReadsAnswersInEveryFraming) {
    const std::string body(100'000, 'x');
    const std::vector<std::string> responses{
        sized(body),
        sized(gzip(body), "Content-Encoding: gzip\r\n"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n" + body + "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n" + body,
    };
    for (const auto& response : responses) {
        const scripted_server server{with_tls(), [&](scripted_peer& peer) {
                                         peer.read_request();
                                         peer.write(response);
                                         peer.finish();
                                     }};
        const answer got = get_once(options_for(server));
        EXPECT_EQ(got.failure_text, "");
        EXPECT_EQ(got.status, 200);
        EXPECT_TRUE(got.body == body) << response.substr(0, 60);
        EXPECT_GE(got.body.capacity(), got.body.size() + body_padding);
    }
}

TEST_F(HttpClient, ReadsAWholeAnswerThoughCloseNotifyIsMissing) {
    const scripted_server server{with_tls(), [](scripted_peer& peer) {
                                     peer.read_request();
                                     peer.write(sized("[1]"));
                                     peer.cut();
                                 }};
    EXPECT_EQ(get_once(options_for(server)).body, "[1]");
}

TEST_F(HttpClient, SpeaksPlainHttpToLoopback) {
    const scripted_server server{{}, always(sized("[1]"))};
    ASSERT_THAT(server.base_url(), StartsWith("http://127.0.0.1:"));
    EXPECT_EQ(get_once(options_for(server)).body, "[1]");
}

TEST_F(HttpClient, TriesTheNextAddressOfAName) {
    // "localhost" is ::1 first on most machines, where nobody listens.
    const scripted_server server{with_tls(), always(sized("[1]"))};
    const answer got = get_once(options_for("https://localhost:" + std::to_string(server.port())));
    EXPECT_EQ(got.failure_text, "");
    EXPECT_EQ(got.body, "[1]");
}

TEST_F(HttpClient, SpeaksIpv6) {
    server_options options = with_tls();
    options.address = "::1";
    std::unique_ptr<scripted_server> server;
    try {
        server = std::make_unique<scripted_server>(options, always(sized("[1]")));
    } catch (const std::runtime_error& error) {
        GTEST_SKIP() << "this machine has no ::1: " << error.what();
    }
    ASSERT_THAT(server->base_url(), StartsWith("https://[::1]:"));
    const answer got = get_once(options_for(*server));
    EXPECT_EQ(got.failure_text, "");
    EXPECT_EQ(got.body, "[1]");
}

TEST_F(HttpClient, ReadsTheHeadersThatDecide) {
    const scripted_server server{
        with_tls(), always("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\n"
                           "X-RateLimit-Remaining: 0\r\nContent-Type: text/plain; x=y\r\n"
                           "Content-Length: 4\r\n\r\nslow")};
    const answer got = get_once(options_for(server));
    EXPECT_EQ(got.failure, failure_kind::none);
    EXPECT_EQ(got.status, 429);
    EXPECT_EQ(got.headers.retry_after, 3s);
    EXPECT_EQ(got.headers.rate_remaining, 0U);
    EXPECT_EQ(got.headers.content_type, "text/plain");
    EXPECT_EQ(got.body, "slow");
}

TEST_F(HttpClient, DoesNotFollowRedirects) {
    std::atomic<int> asked{0};
    const scripted_server other{with_tls(), [&](scripted_peer&) { ++asked; }};
    const scripted_server server{with_tls(),
                                 always("HTTP/1.1 302 Found\r\nLocation: " + other.base_url() +
                                        "/x\r\nContent-Length: 0\r\n\r\n")};
    const answer got = get_once(options_for(server));
    EXPECT_EQ(got.status, 302);
    EXPECT_EQ(got.headers.location, other.base_url() + "/x");
    EXPECT_EQ(asked, 0);
}

TEST_F(HttpClient, RefusesSettingsThatCannotWork) {
    const auto refused = [&](const std::function<void(client_options&)>& change) {
        client_options options = options_for("https://api.example");
        change(options);
        try {
            const http_client client{io.get_executor(), options};
        } catch (const std::invalid_argument& error) {
            EXPECT_THAT(error.what(), AllOf(Not(HasSubstr("c2VjcmV0")), Not(HasSubstr("hush"))));
            return std::string{error.what()};
        }
        return std::string{"taken"};
    };
    EXPECT_THAT(refused([](auto& o) { o.base_url = "http://api.example"; }),
                StartsWith("base_url: "));
    EXPECT_THAT(refused([](auto& o) { o.ca_file = "/no/such/file.pem"; }), StartsWith("ca_file: "));
    EXPECT_THAT(refused([](auto& o) { o.ca_file = "/proc/version"; }), StartsWith("ca_file: "));
    EXPECT_THAT(refused([](auto& o) { o.ca_file = "/tmp"; }), StartsWith("ca_file: "));
    EXPECT_THAT(refused([](auto& o) { o.proxy = "socks5://u:hush@p:1"; }), StartsWith("proxy: "));
    EXPECT_THAT(refused([](auto& o) { o.authorization += "\r\nX: y"; }),
                StartsWith("authorization: "));
    EXPECT_THAT(refused([](auto& o) { o.user_agent = "a\nb"; }), StartsWith("user_agent: "));
    EXPECT_THAT(refused([](auto& o) {
                    o.base_url = "http://127.0.0.1";
                    o.proxy = "http://p:1";
                }),
                StartsWith("proxy: "));
}

TEST_F(HttpClient, RefusesTargetsThatAreNoPath) {
    http_client client{io.get_executor(), options_for("https://api.example")};
    for (const auto* const target : {"", "v2/calls", "/a b", "/a\r\nX: y", "/a#b", "/\xc3\xb6"}) {
        EXPECT_THROW(std::ignore = client.get(target), std::invalid_argument) << target;
    }
}

} // namespace
} // namespace callmirror::fetch

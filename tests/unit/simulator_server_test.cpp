// The simulated API on the wire: TLS, keep-alive, and every fault of the transport as a client sees
// it.
#include "tests/unit/simulator_on_the_wire.hpp"

#include <atomic>
#include <filesystem>
#include <thread>

namespace callmirror::simulator {
namespace {

TEST_F(SimulatorServer, ServesOverTlsToWhoTrustsItsAuthority) {
    server running(api);
    EXPECT_TRUE(running.base_url().starts_with("https://127.0.0.1:"));
    asio::ssl::context trusting(asio::ssl::context::tls_client);
    trusting.load_verify_file(running.ca_file());
    trusting.set_verify_mode(asio::ssl::verify_peer);
    asio::ssl::stream<tcp::socket> stream(connected(running), trusting);
    stream.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
    stream.handshake(asio::ssl::stream_base::client);
    client<asio::ssl::stream<tcp::socket>> secure(std::move(stream));
    EXPECT_EQ(secure.get("/v2/calls").status, 200);
    EXPECT_EQ(secure.get("/v2/calls?limit=x").status, 400); // the same connection
    EXPECT_EQ(running.seen().connections, 1U);
    const auto file = running.ca_file();
    running.stop();
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_NE(secure.get("/v2/calls").error, boost::system::error_code());
}

TEST_F(SimulatorServer, CanShowACertificateOfAnotherName) {
    server_options options;
    options.certificate = test_support::certificate_request{.names = {"other.example"}, .ips = {}};
    server running(api, options);
    asio::ssl::context trusting(asio::ssl::context::tls_client);
    trusting.load_verify_file(running.ca_file());
    asio::ssl::stream<tcp::socket> stream(connected(running), trusting);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
    boost::system::error_code error;
    stream.handshake(asio::ssl::stream_base::client, error);
    EXPECT_TRUE(error);
}

TEST_F(SimulatorServer, ServesManyConnectionsAtOnce) {
    server running(api, plain());
    std::vector<std::thread> clients;
    std::atomic<int> good{0};
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            asio::io_context own;
            tcp::socket socket(own);
            socket.connect({asio::ip::make_address("127.0.0.1"), running.port()});
            client<tcp::socket> one(std::move(socket));
            for (int j = 0; j < 50; ++j) {
                good += one.get("/v2/calls?page=" + std::to_string(j % 5)).status == 200 ? 1 : 0;
            }
        });
    }
    for (auto& each : clients) {
        each.join();
    }
    EXPECT_EQ(good, 400);
    EXPECT_EQ(running.seen().connections, 8U);
    EXPECT_EQ(running.lock().owns_lock(), true);
    EXPECT_EQ(api.log().total(), 400U);
}

TEST_F(SimulatorServer, CutsBodiesShort) {
    script(R"({"do":"cut","bytes":500})");
    server running(api, plain());
    const auto got = connect(running).get("/v2/calls");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body.size(), 500U);
    EXPECT_EQ(got.error, http::error::partial_message);
}

TEST_F(SimulatorServer, ResetsConnectionsBeforeAndWithinAnAnswer) {
    script(R"([{"times":1,"do":"reset"},{"from":2,"do":"reset_within","bytes":50}])");
    server running(api, plain());
    EXPECT_EQ(connect(running).get("/v2/calls").error, asio::error::connection_reset);
    const auto within = connect(running).get("/v2/calls");
    EXPECT_TRUE(within.error);
    EXPECT_LT(within.body.size(), 51U);
}

TEST_F(SimulatorServer, AnnouncesAWrongLength) {
    script(R"([{"times":1,"do":"wrong_length","length_error":10},
               {"from":2,"do":"wrong_length","length_error":-10}])");
    server running(api, plain());
    EXPECT_EQ(connect(running).get("/v2/calls").error, http::error::partial_message);
    const auto shorter = connect(running).get("/v2/calls");
    EXPECT_FALSE(shorter.error);
    EXPECT_TRUE(nlohmann::json::parse(shorter.body, nullptr, false).is_discarded());
}

TEST_F(SimulatorServer, HangsUntilTheClientLeaves) {
    script(R"([{"times":1,"do":"hang"},{"from":2,"times":1,"do":"hang_within","bytes":5}])");
    server running(api, plain());
    for (int i = 0; i < 2; ++i) {
        auto hanging = connected(running);
        const std::string asked = "GET /v2/calls HTTP/1.1\r\nHost: x\r\n"
                                  "Authorization: Bearer simulated-key\r\n\r\n";
        asio::write(hanging, asio::buffer(asked));
        for (std::uint64_t seen = 0; seen <= static_cast<std::uint64_t>(i);) { // others are served
            const auto stats = connect(running).get("/_simulator/stats");
            ASSERT_EQ(stats.status, 200);
            seen = nlohmann::json::parse(stats.body)["requests"].get<std::uint64_t>();
        }
        hanging.close();
    }
    EXPECT_EQ(connect(running).get("/v2/calls").status, 200);
    const auto guard = running.lock();
    EXPECT_EQ(api.faults().rules()[0].fired + api.faults().rules()[1].fired, 2U);
}

TEST_F(SimulatorServer, SendsSlowlyAndLate) {
    script(R"([{"kind":"me","do":"slow","bytes_per_second":4000},{"kind":"list","delay_ms":60}])");
    server running(api, plain());
    auto one = connect(running);
    auto begin = std::chrono::steady_clock::now();
    const auto slow = one.get("/v2/users/me");
    EXPECT_FALSE(slow.error);
    EXPECT_GT(std::chrono::steady_clock::now() - begin, 40ms);
    begin = std::chrono::steady_clock::now();
    EXPECT_EQ(one.get("/v2/calls").status, 200);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 60ms);
}

TEST_F(SimulatorServer, SpeaksInChunksAndClosesWhereToldTo) {
    set_manner(api.change_manners(), "chunked", "true");
    set_manner(api.change_manners(), "max_limit", "1000");
    set_manner(api.change_manners(), "keep_alive", "false");
    server running(api, plain());
    auto one = connect(running);
    const auto got = one.get("/v2/calls?limit=1000");
    EXPECT_FALSE(got.error);
    EXPECT_EQ(nlohmann::json::parse(got.body)["data"].size(), data.count(resource::calls));
    EXPECT_TRUE(one.get("/v2/calls").error);
}

} // namespace
} // namespace callmirror::simulator

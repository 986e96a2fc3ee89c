// An API that means harm, or is broken as if it did: it can neither exhaust the daemon nor mislead
// it. One daemon meets all of it, one after the other; then its network leads to the real API
// again, and the mirror equals the source.
#include "tests/integration/daemon_fixture.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace callmirror::integration {
namespace {

using test_support::scripted_peer;
using test_support::scripted_server;
using testing::HasSubstr;
using testing::Not;

struct attack {
    std::string name;
    scripted_server::script script; // after a request has come
    std::string says;               // what is said of it; "": three requests are proof enough
    std::string request_timeout = "20s";
    test_support::server_options server{};
    bool trusted = true; // by its certificate
};

std::string sized(const std::string& body, const std::string& more = "") {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

scripted_server::script says(const std::string& answer) {
    return [answer](scripted_peer& peer) { peer.write(answer); };
}

// `start`, and then `more` without end, a pause before each.
scripted_server::script endless(const std::string& start, const std::string& more,
                                std::chrono::milliseconds pause = 0ms) {
    return [=](scripted_peer& peer) {
        for (bool there = peer.write(start); there; there = peer.write(more)) {
            std::this_thread::sleep_for(pause);
        }
    };
}

bool speaks_first(scripted_peer& peer) {
    peer.write("HTTP/1.1 400 No\r\n\r\n");
    return false;
}

std::vector<attack> attacks() {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string megabyte(1U << 20U, ' ');
    return {
        {"an endless header", endless(ok + "X: ", megabyte), "the header is over 65536 bytes"},
        {"endless interim answers", endless("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
         ""},
        {"an endless chunked body",
         endless(ok + "Transfer-Encoding: chunked\r\n\r\n", "100000\r\n" + megabyte + "\r\n"),
         "the body is over 67108864 bytes"},
        {"an endless body without a length", endless(ok + "\r\n", megabyte),
         "the body is over 67108864 bytes"},
        {"a length of terabytes", says(ok + "Content-Length: 9999999999999\r\n\r\n"),
         "the body is over 67108864 bytes"},
        {"a gzip bomb",
         says(
             sized(test_support::gzip(std::string(80U << 20U, ' ')), "Content-Encoding: gzip\r\n")),
         "the inflated body is over 67108864 bytes"},
        {"a slow header", endless(ok + "X: ", "x", 20ms), "", "1s"},
        {"a slow body", endless(ok + "Content-Length: 5000\r\n\r\n", " ", 20ms), "", "1s"},
        {"a JSON bomb", says(sized(std::string(16U << 20U, '['))), ""},
        {"redirects to itself",
         says("HTTP/1.1 302 Found\r\nLocation: /v2/calls\r\n"
              "Content-Length: 0\r\n\r\n"),
         "302 to /v2/calls, which is not followed"},
        {"words for the log",
         says("HTTP/1.1 400 No\r\nContent-Type: application/json\r\nContent-Length: 74\r\n\r\n"
              "{\"message\":\"no\\n\n2026-01-01T00:00:00Z error   "
              "forged\r\x1b[31m<script>alert(1)\"}"),
         "forged"},
        {"TLS 1.1 at most", says(sized("[]")), "protocol version", "2s", {.only_tls_1_1 = true}},
        {"another's certificate",
         says(sized("[]")),
         "the certificate is for another name",
         "2s",
         {},
         false},
        {"no TLS at all",
         says(""),
         "wrong version number",
         "2s",
         {.before_tls = speaks_first},
         false},
    };
}

class HostileApi : public Daemon {
protected:
    // Another server behind the daemon's network, and the account begun anew.
    void lead_to(std::uint16_t port, const std::string& timeout, const child& running) {
        said_before_ = running.err().size();
        cluster().sql(database, "update callmirror.listings set last_error = ''");
        network_->forward_to(port);
        network_->cut_all();
        config.request_timeout = timeout;
        config.poll_interval = config.poll_interval == "1s" ? "2s" : "1s";
        write_configuration();
        running.signal(SIGHUP);
    }
    // Since the network was led there.
    std::string said(const child& running) const {
        return running.err().substr(said_before_) +
               value("select string_agg(last_error, ' ') from callmirror.listings");
    }
    static double peak_megabytes(const child& running) {
        const auto status = tests::read_file("/proc/" + std::to_string(running.id()) + "/status");
        return std::stod(status.substr(status.find("VmHWM:") + 6)) / 1024;
    }
    void meet(const attack& of, const child& running);

    std::size_t said_before_ = 0;
    test_support::authority authority_ = test_support::make_authority("hostile");
    std::unique_ptr<test_support::tcp_proxy> network_;
};

void HostileApi::meet(const attack& of, const child& running) {
    SCOPED_TRACE(of.name);
    std::atomic<int> asked{0};
    auto options = of.server;
    options.certificate = test_support::issue(
        authority_, of.trusted ? test_support::certificate_request{.ips = {"127.0.0.1"}}
                               : test_support::certificate_request{.names = {"api.example"}});
    const scripted_server server(options, [&](scripted_peer& peer) {
        while (!peer.read_request().empty()) {
            ++asked;
            of.script(peer);
        }
    });
    lead_to(server.port(), of.request_timeout, running);
    const bool met = eventually(
        [&] {
            return of.says.empty() ? asked >= 3 : said(running).find(of.says) != std::string::npos;
        },
        60s);
    EXPECT_TRUE(met) << "not said: " << of.says << '\n' << said(running);
    EXPECT_GT(server.connections(), 0U);
    const bool may_be_asked = of.trusted && !of.server.only_tls_1_1;
    EXPECT_EQ(asked > 0, may_be_asked) << "the key was sent to whoever it was";
}

TEST_F(HostileApi, NeitherExhaustsNorMisleads) {
    api_source from;
    network_ = std::make_unique<test_support::tcp_proxy>(from.server().port());
    configure(from);
    config.ca_file = directory + "/authorities.pem";
    std::ofstream(config.ca_file) << tests::read_file(from.ca_file()) << authority_.pem.certificate;
    config.base_url = "https://127.0.0.1:" + std::to_string(network_->port());
    config.companies = "123";
    config.resources = R"("calls")";
    config.max_in_flight = 1;
    write_configuration();
    const auto running = start("run");
    ASSERT_TRUE(eventually([&] { return differences(from, {resource::calls}).empty(); }, 60s))
        << running->err();
    const auto rows = value("select count(*) || ' ' || count(deleted_at) from snapcall.calls");
    for (const auto& each : attacks()) {
        const auto begun = std::chrono::steady_clock::now();
        meet(each, *running);
        ASSERT_TRUE(running->is_running()) << each.name << running->err();
        std::cout << each.name << ": "
                  << std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now() - begun)
                         .count()
                  << " ms, peak " << peak_megabytes(*running) << " MB\n";
    }
    EXPECT_EQ(value("select count(*) || ' ' || count(deleted_at) from snapcall.calls"), rows);
    EXPECT_LT(peak_megabytes(*running), 400);
    // Nobody's terminal, and no line that is not ours.
    EXPECT_THAT(running->err(), Not(HasSubstr("\x1b")));
    EXPECT_THAT(running->err(), Not(HasSubstr("\n2026-01-01")));

    from.add(resource::calls, now(), 5);
    lead_to(from.server().port(), "2s", *running);
    EXPECT_TRUE(eventually([&] { return differences(from, {resource::calls}).empty(); }, 60s))
        << differences(from, {resource::calls}) << running->err();
}

} // namespace
} // namespace callmirror::integration

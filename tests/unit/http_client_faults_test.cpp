#include "tests/unit/http_client_fixture.hpp"

#include <string>
#include <vector>

namespace callmirror::fetch {
namespace {

// What goes wrong after the request has come, and what it is called.
struct fault_case {
    const char* name;
    scripted_server::script script;
    failure_kind want;
    const char* text;
};

TEST_F(HttpClient, NamesEveryFaultByWhatToDoNext) {
    const std::string cut_body = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2";
    const std::string endless(1U << 20U, 'x');
    const std::vector<fault_case> cases{
        {"reset before a byte", [](scripted_peer& peer) { peer.reset(); },
         failure_kind::unreachable, "onnection"},
        {"closed before a byte", [](scripted_peer& peer) { peer.finish(); },
         failure_kind::unreachable, "without an answer"},
        {"cut before a byte", [](scripted_peer& peer) { peer.cut(); }, failure_kind::unreachable,
         "without an answer"},
        {"reset in the header",
         [](scripted_peer& peer) {
             peer.write("HTTP/1.1 200 OK\r\n");
             peer.reset();
         },
         failure_kind::truncated, "cut off after 17 bytes"},
        {"a cut body with a length",
         [&](scripted_peer& peer) {
             peer.write(cut_body);
             peer.cut();
         },
         failure_kind::truncated, "cut off after 44 bytes"},
        {"a body that ends early, politely",
         [&](scripted_peer& peer) {
             peer.write(cut_body);
             peer.finish();
         },
         failure_kind::truncated, "cut off after 44 bytes"},
        {"a reset body",
         [&](scripted_peer& peer) {
             peer.write(cut_body);
             peer.reset();
         },
         failure_kind::truncated, "cut off after 44 bytes"},
        {"a cut body without a length",
         [](scripted_peer& peer) {
             peer.write("HTTP/1.1 200 OK\r\n\r\n[1,2");
             peer.cut();
         },
         failure_kind::truncated, "cut off after 23 bytes"},
        {"a chunk cut off",
         [](scripted_peer& peer) {
             peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2]\r\n");
             peer.finish();
         },
         failure_kind::truncated, "cut off"},
        {"an endless header",
         [&](scripted_peer& peer) {
             peer.write("HTTP/1.1 200 OK\r\nX: ");
             while (peer.write(endless)) {
             }
         },
         failure_kind::too_large, "header is over 65536 bytes"},
        {"a huge body", [](scripted_peer& peer) { peer.write(sized(std::string(200'000, 'x'))); },
         failure_kind::too_large, "body is over 100000 bytes"},
        {"an endless chunked body",
         [&](scripted_peer& peer) {
             peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
             while (peer.write("1000\r\n" + endless.substr(0, 4096) + "\r\n")) {
             }
         },
         failure_kind::too_large, "body is over"},
        {"an endless body without a length",
         [&](scripted_peer& peer) {
             peer.write("HTTP/1.1 200 OK\r\n\r\n");
             while (peer.write(endless)) {
             }
         },
         failure_kind::too_large, "body is over"},
        {"a gzip bomb",
         [](scripted_peer& peer) {
             peer.write(sized(gzip(std::string(10'000'000, '0')), "Content-Encoding: gzip\r\n"));
         },
         failure_kind::too_large, "inflated body is over 100000 bytes"},
        {"bad gzip",
         [](scripted_peer& peer) {
             peer.write(sized(std::string(100, 'x'), "Content-Encoding: gzip\r\n"));
         },
         failure_kind::bad_answer, "not valid gzip"},
        {"an unknown coding",
         [](scripted_peer& peer) { peer.write(sized("x", "Content-Encoding: br\r\n")); },
         failure_kind::bad_answer, "coding we did not ask for: br"},
        {"no HTTP", [](scripted_peer& peer) { peer.write("220 smtp.example ESMTP\r\n"); },
         failure_kind::bad_answer, "not HTTP"},
    };
    for (const auto& c : cases) {
        for (const bool tls : {true, false}) {
            const scripted_server server{tls ? with_tls() : server_options{},
                                         [&](scripted_peer& peer) {
                                             peer.read_request();
                                             c.script(peer);
                                         }};
            client_options options = options_for(server);
            options.max_body = 100'000;
            const answer got = get_once(options);
            if (!tls && c.name == std::string{"a cut body without a length"}) {
                EXPECT_EQ(got.body, "[1,2"); // a FIN is the only end that it can have
                continue;
            }
            EXPECT_EQ(got.failure, c.want) << c.name << ": " << got.failure_text;
            EXPECT_THAT(got.failure_text, HasSubstr(c.text)) << c.name;
            EXPECT_THAT(got.failure_text,
                        HasSubstr("answer of 127.0.0.1:" + std::to_string(server.port())));
            EXPECT_EQ(got.status, 0) << c.name;
            EXPECT_EQ(got.body, "") << c.name;
            EXPECT_EQ(server.connections(), 1U) << c.name << ": a new connection is not retried";
        }
    }
}

TEST_F(HttpClient, SaysWhereItCouldNotConnect) {
    std::string base_url;
    {
        const scripted_server gone{with_tls(), always("")};
        base_url = gone.base_url();
    }
    const answer got = get_once(options_for(base_url));
    EXPECT_EQ(got.failure, failure_kind::unreachable);
    EXPECT_EQ(got.failure_text, "connect to " + base_url.substr(8) + ": connection refused");
}

TEST_F(HttpClient, SaysWhichNameIsUnknown) {
    const answer got = get_once(options_for("https://no-such-host.invalid"));
    EXPECT_EQ(got.failure, failure_kind::unreachable);
    EXPECT_THAT(got.failure_text, StartsWith("look up no-such-host.invalid: "));
}

// Time limits. Each case is let run into its limit of some 50 ms; all others are an hour.

TEST_F(HttpClient, LimitsTheWaitForAConnection) {
    const deaf_listener deaf{"127.0.0.1"};
    client_options options = options_for("https://127.0.0.1:" + std::to_string(deaf.port()));
    options.connect_timeout = 50ms;
    const answer got = get_once(options);
    EXPECT_EQ(got.failure, failure_kind::timeout);
    EXPECT_THAT(got.failure_text,
                AllOf(StartsWith("connect to 127.0.0.1:"), EndsWith(": not done within 50 ms")));
}

TEST_F(HttpClient, LimitsTheHandshake) {
    server_options mute = with_tls();
    mute.before_tls = [](scripted_peer& peer) {
        peer.wait_until_closed();
        return false;
    };
    const scripted_server server{mute, always("")};
    client_options options = options_for(server);
    options.handshake_timeout = 50ms;
    const answer got = get_once(options);
    EXPECT_EQ(got.failure, failure_kind::timeout);
    EXPECT_THAT(got.failure_text,
                AllOf(StartsWith("tls with 127.0.0.1:"), EndsWith(": not done within 50 ms")));
}

TEST_F(HttpClient, LimitsTheWholeRequestHoweverSlowlyBytesCome) {
    const std::vector<std::string> beginnings{
        "",
        "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
    };
    for (const auto& beginning : beginnings) {
        const scripted_server server{with_tls(), [&](scripted_peer& peer) {
                                         peer.read_request();
                                         peer.write(beginning);
                                         while (!beginning.empty() && peer.write("x")) {
                                             usleep(5000); // the slowness is what is tested
                                         }
                                         peer.wait_until_closed();
                                     }};
        client_options options = options_for(server);
        options.request_timeout = 60ms;
        const answer got = get_once(options);
        EXPECT_EQ(got.failure, failure_kind::timeout) << beginning;
        EXPECT_THAT(got.failure_text, HasSubstr("not complete within 60 ms"));
        EXPECT_GE(got.elapsed, 60ms);
    }
}

TEST_F(HttpClient, LeavesNoLimitArmedOnAKeptConnection) {
    // A limit left armed on a kept connection would end a later request.
    const scripted_server server{with_tls(), always(sized("[1]"))};
    client_options options = options_for(server);
    options.request_timeout = 300ms;
    http_client client{io.get_executor(), options};
    EXPECT_EQ(get(client).body, "[1]");
    usleep(350'000);
    EXPECT_EQ(get(client).body, "[1]");
    EXPECT_EQ(server.connections(), 1U);
}

} // namespace
} // namespace callmirror::fetch

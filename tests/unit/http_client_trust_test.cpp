#include "tests/unit/http_client_fixture.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::fetch {
namespace {

TEST_F(HttpClient, RefusesACertificateForAnotherName) {
    const scripted_server by_ip{with_tls({.names = {"localhost"}, .ips = {"127.0.0.2"}}),
                                always(sized("[1]"))};
    const answer wrong_ip = get_once(options_for(by_ip));
    EXPECT_EQ(wrong_ip.failure, failure_kind::bad_certificate);
    EXPECT_THAT(wrong_ip.failure_text,
                AllOf(StartsWith("tls with 127.0.0.1:"), HasSubstr("for another name")));

    const scripted_server by_name{with_tls({.names = {"api.example"}, .ips = {"127.0.0.1"}}),
                                  always(sized("[1]"))};
    const answer wrong_name =
        get_once(options_for("https://localhost:" + std::to_string(by_name.port())));
    EXPECT_EQ(wrong_name.failure, failure_kind::bad_certificate);
    EXPECT_THAT(wrong_name.failure_text, HasSubstr("for another name"));
}

TEST_F(HttpClient, RefusesANameInTheCommonNameAlone) {
    // RFC 9525: the subject's common name proves nothing. This one has an address besides.
    certificate_request request;
    request.names = {"localhost"};
    request.ips = {"127.0.0.1"};
    const scripted_server good{with_tls(request), always(sized("[1]"))};
    EXPECT_EQ(get_once(options_for("https://localhost:" + std::to_string(good.port()))).body,
              "[1]");
    request.names.clear(); // the common name is "127.0.0.1" now
    const scripted_server bad{with_tls(request), always(sized("[1]"))};
    EXPECT_EQ(get_once(options_for("https://localhost:" + std::to_string(bad.port()))).failure,
              failure_kind::bad_certificate);
}

TEST_F(HttpClient, RefusesAnUnknownAuthority) {
    const scripted_server server{with_tls(), always(sized("[1]"))};
    client_options options = options_for(server);
    options.ca_file.clear();
    const answer got = get_once(options);
    EXPECT_EQ(got.failure, failure_kind::bad_certificate);
    EXPECT_THAT(got.failure_text, AllOf(HasSubstr("unknown authority"), HasSubstr("ca_file")));

    server_options strange;
    strange.certificate = test_support::issue(test_support::make_authority(),
                                              {.names = {"localhost"}, .ips = {"127.0.0.1"}});
    const scripted_server stranger{strange, always(sized("[1]"))};
    EXPECT_EQ(get_once(options_for(stranger)).failure, failure_kind::bad_certificate);
}

// As `openssl rehash` names it: "5cd81ad7.0".
std::string hashed_name(const std::string& pem_file) {
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file{std::fopen(pem_file.c_str(), "r"),
                                                                  &std::fclose};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{
        PEM_read_X509(file.get(), nullptr, nullptr, nullptr), &X509_free};
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "%08lx.0", X509_subject_name_hash(certificate.get()));
    return name.data();
}

TEST_F(HttpClient, LooksAuthoritiesUpByTheirHashes) {
    const scripted_server server{with_tls(), always(sized("[1]"))};
    client_options options = options_for(server);
    const auto ca_file = std::exchange(options.ca_file, {});
    std::string directory =
        (std::filesystem::temp_directory_path() / "callmirror-hashed-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    ASSERT_EQ(::setenv(X509_get_default_cert_dir_env(), directory.c_str(), 1), 0);

    std::filesystem::copy(ca_file, directory + "/00000000.0"); // another one's name
    EXPECT_EQ(get_once(options).failure, failure_kind::bad_certificate);
    std::filesystem::copy(ca_file, directory + "/" + hashed_name(ca_file));
    EXPECT_EQ(get_once(options).body, "[1]");

    ::unsetenv(X509_get_default_cert_dir_env());
    std::filesystem::remove_all(directory);
    EXPECT_EQ(get_once(options).failure, failure_kind::bad_certificate) << "none is remembered";
}

TEST_F(HttpClient, RefusesACertificateOutOfItsTime) {
    const auto now = std::chrono::system_clock::now();
    certificate_request request{.names = {"localhost"}, .ips = {"127.0.0.1"}};
    request.not_before = now - 48h;
    request.not_after = now - 24h;
    const scripted_server expired{with_tls(request), always(sized("[1]"))};
    const answer old = get_once(options_for(expired));
    EXPECT_EQ(old.failure, failure_kind::bad_certificate);
    EXPECT_THAT(old.failure_text, HasSubstr("has expired"));

    request.not_before = now + 24h;
    request.not_after = now + 48h;
    const scripted_server early{with_tls(request), always(sized("[1]"))};
    const answer young = get_once(options_for(early));
    EXPECT_EQ(young.failure, failure_kind::bad_certificate);
    EXPECT_THAT(young.failure_text, HasSubstr("not valid yet"));
}

TEST_F(HttpClient, SendsNothingBeforeTheCertificateIsProven) {
    std::atomic<int> scripts{0};
    const scripted_server server{with_tls({.names = {"api.example"}}), [&](scripted_peer& peer) {
                                     // With TLS 1.3 the server may believe in the handshake.
                                     if (!peer.read_request().empty()) {
                                         ++scripts;
                                     }
                                 }};
    EXPECT_EQ(get_once(options_for(server)).failure, failure_kind::bad_certificate);
    EXPECT_EQ(scripts, 0);
}

TEST_F(HttpClient, RefusesTlsBefore12) {
    server_options options = with_tls();
    options.only_tls_1_1 = true;
    const scripted_server server{options, always(sized("[1]"))};
    const answer got = get_once(options_for(server));
    EXPECT_EQ(got.failure, failure_kind::unreachable);
    EXPECT_THAT(got.failure_text,
                AllOf(StartsWith("tls with 127.0.0.1:"), HasSubstr("protocol version")));
}

TEST_F(HttpClient, SaysThatTheServerSpeaksNoTls) {
    const scripted_server server{{},
                                 [](scripted_peer& peer) { peer.write("HTTP/1.1 400 no\r\n"); }};
    const answer got = get_once(options_for("https://127.0.0.1:" + std::to_string(server.port())));
    EXPECT_EQ(got.failure, failure_kind::unreachable);
    EXPECT_THAT(got.failure_text, HasSubstr("handshake failed: wrong version number"));
}

struct proxy_log {
    std::string seen; // what the client said to the proxy before TLS
};

// A proxy that is the API as well: after CONNECT it starts TLS itself.
server_options proxy_in_front(proxy_log& log, const std::string& reply) {
    server_options options = with_tls({.names = {"api.example"}, .ips = {}});
    options.before_tls = [&log, reply](scripted_peer& peer) {
        log.seen = peer.read_request();
        peer.write(reply);
        return reply.starts_with("HTTP/1.1 200");
    };
    return options;
}

TEST_F(HttpClient, GoesThroughAProxyWithoutShowingItTheKey) {
    proxy_log log;
    std::string inside;
    const scripted_server proxy{proxy_in_front(log, "HTTP/1.1 200 Connection established\r\n\r\n"),
                                [&](scripted_peer& peer) {
                                    inside = peer.read_request();
                                    peer.write(sized("[1]"));
                                }};
    client_options options = options_for("https://api.example");
    options.proxy = proxy_url(proxy, "Aladdin:open%20sesame@");
    const answer got = get_once(options);
    EXPECT_EQ(got.failure_text, "");
    EXPECT_EQ(got.body, "[1]");
    EXPECT_EQ(log.seen, "CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n"
                        "User-Agent: callmirror/test\r\n"
                        "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
    EXPECT_THAT(inside,
                AllOf(HasSubstr("GET /v2/calls HTTP/1.1\r\nHost: api.example\r\n"),
                      HasSubstr("Authorization: " + key), Not(HasSubstr("Proxy-Authorization"))));
}

struct refusal_case {
    const char* reply;
    failure_kind want;
    const char* text;
};

TEST_F(HttpClient, SaysHowAProxyRefused) {
    const std::vector<refusal_case> cases{
        {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 5\r\n\r\nno no",
         failure_kind::unreachable, "CONNECT was refused with status 407; hint: "},
        {"HTTP/1.1 403 Forbidden\r\n\r\n", failure_kind::unreachable,
         "CONNECT was refused with status 403"},
        {"220 smtp.example\r\n", failure_kind::bad_answer, "not HTTP"},
        {"", failure_kind::unreachable, "without an answer"},
    };
    for (const auto& c : cases) {
        proxy_log log;
        const scripted_server proxy{proxy_in_front(log, c.reply), always("")};
        client_options options = options_for("https://api.example");
        options.proxy = proxy_url(proxy, "user:hush@");
        const answer got = get_once(options);
        EXPECT_EQ(got.failure, c.want) << c.reply;
        EXPECT_THAT(got.failure_text, AllOf(StartsWith("proxy 127.0.0.1:"), HasSubstr(c.text),
                                            Not(HasSubstr("hush"))));
    }
}

TEST_F(HttpClient, RefusesAProxyThatSpeaksBeforeTls) {
    proxy_log log;
    const scripted_server proxy{proxy_in_front(log, "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n"),
                                always(sized("[1]"))};
    client_options options = options_for("https://api.example");
    options.proxy = proxy_url(proxy);
    EXPECT_EQ(get_once(options).failure, failure_kind::bad_answer);
}

TEST_F(HttpClient, LimitsTheWaitForAProxy) {
    server_options mute = with_tls();
    mute.before_tls = [](scripted_peer& peer) {
        peer.wait_until_closed();
        return false;
    };
    const scripted_server proxy{mute, always("")};
    client_options options = options_for("https://api.example");
    options.proxy = proxy_url(proxy);
    options.handshake_timeout = 50ms;
    const answer got = get_once(options);
    EXPECT_EQ(got.failure, failure_kind::timeout);
    EXPECT_THAT(got.failure_text, HasSubstr("not done within 50 ms"));
}

TEST_F(HttpClient, AsksAProxyInAbsoluteFormForPlainHttp) {
    std::string seen;
    const scripted_server proxy{{}, [&](scripted_peer& peer) {
                                    seen = peer.read_request();
                                    peer.write(sized("[1]"));
                                }};
    client_options options = options_for("http://localhost:8080");
    options.authorization.clear();
    options.proxy = proxy_url(proxy, "u:p@");
    EXPECT_EQ(get_once(options).body, "[1]");
    EXPECT_THAT(seen, AllOf(StartsWith("GET http://localhost:8080/v2/calls HTTP/1.1\r\n"
                                       "Host: localhost:8080\r\n"),
                            HasSubstr("\r\nProxy-Authorization: Basic dTpw\r\n")));
}

} // namespace
} // namespace callmirror::fetch

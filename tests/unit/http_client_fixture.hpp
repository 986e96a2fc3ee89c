// What the tests of http_client share: servers with certificates of our own authority, options
// whose limits never pass, and one request run to its end on an io_context of the test's own.
#pragma once

#include "sync/fetch/http_client.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <utility>

namespace callmirror::fetch {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test_support::authority;
using test_support::certificate_request;
using test_support::deaf_listener;
using test_support::gzip;
using test_support::scripted_peer;
using test_support::scripted_server;
using test_support::server_options;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

inline constexpr auto never = 1h; // a limit that must not pass
inline const std::string key = "Basic c2VjcmV0Og==";

inline const authority& trusted() {
    static const authority ours = test_support::make_authority();
    return ours;
}

struct temporary_file {
    std::string path;
    explicit temporary_file(const std::string& text)
        : path{std::filesystem::temp_directory_path() /
               ("callmirror-ca-" + std::to_string(getpid()) + ".pem")} {
        std::ofstream{path} << text;
    }
    ~temporary_file() { std::filesystem::remove(path); }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
};

// What options name as trusted.
inline const std::string& ca_file() {
    static const temporary_file file{trusted().pem.certificate};
    return file.path;
}

inline server_options with_tls(const certificate_request& request = {.names = {"localhost"},
                                                                     .ips = {"127.0.0.1", "::1"}}) {
    server_options options;
    options.certificate = test_support::issue(trusted(), request);
    return options;
}

inline client_options options_for(const std::string& base_url) {
    client_options options;
    options.base_url = base_url;
    options.authorization = key;
    options.user_agent = "callmirror/test";
    options.ca_file = ca_file();
    options.request_timeout = never;
    options.resolve_timeout = never;
    options.connect_timeout = never;
    options.handshake_timeout = never;
    options.proxy = "";
    return options;
}

inline client_options options_for(const scripted_server& server) {
    return options_for(server.base_url());
}

inline std::string sized(const std::string& body, const std::string& fields = "") {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

// Answers every request with `response`, as long as the client asks.
inline scripted_server::script always(std::string response) {
    return [response = std::move(response)](scripted_peer& peer) {
        while (!peer.read_request().empty() && peer.write(response)) {
        }
    };
}

inline std::string proxy_url(const scripted_server& proxy, const std::string& user = "") {
    return "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
}

class HttpClient : public ::testing::Test {
protected:
    void start(http_client& client, const std::string& target, answer& into) {
        asio::co_spawn(io, client.get(target), [&into](std::exception_ptr error, answer got) {
            ASSERT_FALSE(error);
            into = std::move(got);
        });
    }
    answer get(http_client& client, const std::string& target = "/v2/calls") {
        answer result;
        start(client, target, result);
        io.restart();
        io.run();
        return result;
    }
    // One request on a client of its own.
    answer get_once(const client_options& options) {
        http_client client{io.get_executor(), options};
        return get(client);
    }

    asio::io_context io;
};

} // namespace callmirror::fetch

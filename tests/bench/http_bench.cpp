// How fast pages come through http_client: 80 kB of JSON a page, gzip, TLS over loopback, the
// server in threads of this process. Prints requests a second, and the CPU time of the client's
// thread.
//
//     http_bench [requests]      (2,000 by default)
#include "sync/fetch/http_client.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace asio = boost::asio;
using namespace callmirror;

namespace {

using clock_type = std::chrono::steady_clock;

// 100 records of 800 bytes that compress about as real ones do.
std::string make_page() {
    std::string page = "{\"data\":[";
    unsigned state = 1;
    for (int number = 0; number < 100; ++number) {
        std::string record = "{\"id\":" + std::to_string(1'000'000 + number) +
                             ",\"type\":\"recording\",\"emitted_at\":\"2026-11-20T10:00:00.000Z\"";
        while (record.size() < 780) {
            state = state * 1664525U + 1013904223U;
            record += ",\"k" + std::to_string(record.size()) + "\":\"" +
                      std::to_string(state >> 8U) + '"';
        }
        page += (number == 0 ? "" : ",") + record + '}';
    }
    return page + "]}";
}

std::string as_response(const std::string& body, bool gzipped) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" +
           std::string{gzipped ? "Content-Encoding: gzip\r\n" : ""} +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

asio::awaitable<void> ask(fetch::http_client& client, int& left, std::size_t want) {
    while (left-- > 0) {
        const fetch::answer got = co_await client.get("/v2/calls?page=1&limit=100");
        if (got.body.size() != want) {
            throw std::runtime_error("a wrong answer: " + got.failure_text);
        }
    }
}

void measure(const char* name, const fetch::client_options& options, int requests,
             std::size_t want) {
    asio::io_context io{1};
    fetch::http_client client{io.get_executor(), options};
    int left = requests;
    for (std::size_t number = 0; number < options.max_connections; ++number) {
        asio::co_spawn(io, ask(client, left, want), [](std::exception_ptr error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
    }
    const double cpu = cpu_seconds();
    const auto start = clock_type::now();
    io.run();
    const double wall = std::chrono::duration<double>(clock_type::now() - start).count();
    std::printf("%-28s %zu connections: %7.0f requests/s, %6.1f us CPU a request\n", name,
                options.max_connections, requests / wall, (cpu_seconds() - cpu) / requests * 1e6);
}

} // namespace

int main(int count, char** arguments) {
    const int requests = count > 1 ? std::atoi(arguments[1]) : 2000;
    const auto authority = test_support::make_authority();
    const auto ca_file = std::filesystem::temp_directory_path() /
                         ("callmirror-bench-" + std::to_string(getpid()) + ".pem");
    std::ofstream{ca_file} << authority.pem.certificate;
    test_support::server_options tls;
    tls.certificate = test_support::issue(authority, {.names = {}, .ips = {"127.0.0.1"}});
    const std::string page = make_page();

    for (const bool secure : {true, false}) {
        for (const bool gzipped : {true, false}) {
            const std::string body = gzipped ? test_support::gzip(page) : page;
            const std::string response = as_response(body, gzipped);
            const test_support::scripted_server server{
                secure ? tls : test_support::server_options{}, [&](auto& peer) {
                    while (!peer.read_request().empty() && peer.write(response)) {
                    }
                }};
            fetch::client_options options;
            options.base_url = server.base_url();
            options.ca_file = ca_file;
            const std::string name = std::string{secure ? "TLS, " : "plain, "} +
                                     (gzipped ? "gzip, " : "identity, ") +
                                     std::to_string(body.size() / 1000) + " kB";
            for (const std::size_t connections : {1U, 4U}) {
                options.max_connections = connections;
                measure(name.c_str(), options, requests, page.size());
            }
        }
    }
    std::filesystem::remove(ca_file);
}

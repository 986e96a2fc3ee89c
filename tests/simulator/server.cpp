#include "tests/simulator/server.hpp"

#include "tests/simulator/connection.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace callmirror::simulator {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using plain_connection = connection<tcp::socket>;
using tls_connection = connection<ssl::stream<tcp::socket>>;

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds live_step{100};

utc_time system_now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string temporary_file() {
    auto name = (std::filesystem::temp_directory_path() / "simulated-ca-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    if (file < 0) {
        throw std::system_error(errno, std::generic_category(), name);
    }
    ::close(file);
    return name;
}

} // namespace

struct server::implementation {
    implementation(service& to_serve, server_options wanted)
        : api(to_serve)
        , options(std::move(wanted)) {
        if (!options.clock) {
            options.clock = system_now;
        }
        handle = [this](const request& asked, const std::string& body, bool local) {
            return answer(asked, body, local);
        };
        if (options.tls) {
            prepare_tls();
        }
        const tcp::endpoint at(asio::ip::make_address(options.address), options.port);
        acceptor.emplace(*context, at, true);
        port = acceptor->local_endpoint().port();
        spawn(accept());
        if (options.live) {
            spawn(live());
        }
    }

    void prepare_tls() {
        const auto authority = test_support::make_authority("simulated SnapCall authority");
        const auto wanted = options.certificate.value_or(
            test_support::certificate_request{.names = {"localhost"}, .ips = {"127.0.0.1", "::1"}});
        const auto own = test_support::issue(authority, wanted);
        tls.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                        ssl::context::no_tlsv1_1);
        tls.use_certificate_chain(asio::buffer(own.certificate));
        tls.use_private_key(asio::buffer(own.key), ssl::context::pem);
        temporary_ca = options.ca_file.empty();
        ca_file = temporary_ca ? temporary_file() : options.ca_file;
        std::ofstream file(ca_file, std::ios::trunc);
        file << authority.pem.certificate;
        if (!file.flush()) {
            throw std::runtime_error("can't write " + ca_file);
        }
    }

    // A coroutine that ends with an exception is a bug of the simulator: it ends the program.
    void spawn(asio::awaitable<void> coroutine) {
        asio::co_spawn(*context, std::move(coroutine), [](const std::exception_ptr& error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
    }

    asio::awaitable<void> accept() {
        while (true) {
            auto [error, socket] = co_await acceptor->async_accept(token);
            if (error) {
                // Out of descriptors, or the client has left again: give it a moment.
                asio::steady_timer timer(*context, std::chrono::milliseconds(10));
                co_await timer.async_wait(token);
                continue;
            }
            boost::system::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            ++connections;
            spawn(options.tls ? serve_tls(std::move(socket)) : serve_plain(std::move(socket)));
        }
    }

    asio::awaitable<void> serve_plain(tcp::socket socket) {
        plain_connection client(std::move(socket), handle, in_flight);
        co_await client.serve();
    }

    asio::awaitable<void> serve_tls(tcp::socket socket) {
        tls_connection client(ssl::stream<tcp::socket>(std::move(socket), tls), handle, in_flight);
        const auto [error] =
            co_await client.stream().async_handshake(ssl::stream_base::server, token);
        if (!error) {
            co_await client.serve();
        }
    }

    asio::awaitable<void> live() {
        asio::steady_timer timer(*context);
        while (true) {
            {
                const std::lock_guard guard(mutex);
                api.data().live(options.clock());
            }
            timer.expires_after(live_step);
            co_await timer.async_wait(token);
        }
    }

    response answer(const request& asked, const std::string& body, bool local) {
        auto timed = asked;
        timed.time = options.clock();
        const std::lock_guard guard(mutex);
        if (is_control(asked.target)) {
            return local ? control(api, {connections, in_flight.most}, timed, body)
                         : error_response(403, "from loopback only");
        }
        return api.answer(timed);
    }

    service& api;
    server_options options;
    std::mutex mutex;
    std::atomic<std::uint64_t> connections{0};
    flight in_flight;
    std::string ca_file;
    bool temporary_ca = false;
    std::uint16_t port = 0;
    request_handler handle;
    ssl::context tls{ssl::context::tls_server};
    // Last: the connections that it still holds refer to the above, and end with it.
    std::optional<asio::io_context> context{std::in_place, 1};
    std::optional<tcp::acceptor> acceptor;
    std::thread thread;
};

server::server(service& api, server_options options)
    : implementation_(std::make_unique<implementation>(api, std::move(options))) {
    implementation_->thread =
        std::thread([running = implementation_.get()] { running->context->run(); });
}

server::~server() {
    stop();
}

void server::stop() {
    auto& it = *implementation_;
    if (it.context) {
        it.context->stop();
        it.thread.join();
        it.acceptor.reset();
        it.context.reset();
    }
    if (std::exchange(it.temporary_ca, false)) {
        std::error_code ignored;
        std::filesystem::remove(it.ca_file, ignored);
    }
}

std::string server::base_url() const {
    const auto& it = *implementation_;
    const bool ipv6 = it.options.address.find(':') != std::string::npos;
    const auto host = ipv6 ? "[" + it.options.address + "]" : it.options.address;
    return (it.options.tls ? "https://" : "http://") + host + ":" + std::to_string(it.port);
}

std::uint16_t server::port() const {
    return implementation_->port;
}
std::string server::ca_file() const {
    return implementation_->ca_file;
}

std::unique_lock<std::mutex> server::lock() {
    return std::unique_lock(implementation_->mutex);
}

traffic server::seen() const {
    return {implementation_->connections, implementation_->in_flight.most};
}

} // namespace callmirror::simulator

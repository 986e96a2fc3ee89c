#include "tests/support/tcp_proxy.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace callmirror::test_support {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto completion = asio::as_tuple(asio::use_awaitable);

tcp::endpoint loopback(std::uint16_t port) {
    return {asio::ip::address_v4::loopback(), port};
}

// The two sockets of one connection.
struct link {
    explicit link(tcp::socket from)
        : client(std::move(from))
        , server(client.get_executor()) {}
    tcp::socket client;
    tcp::socket server;
    bool frozen = false;

    void close(bool with_reset) {
        boost::system::error_code ignored;
        for (auto* each : {&client, &server}) {
            if (with_reset) {
                each->set_option(asio::socket_base::linger(true, 0), ignored);
            }
            each->close(ignored);
        }
        frozen = false;
    }
};

} // namespace

struct tcp_proxy::implementation {
    explicit implementation(std::uint16_t server, std::uint64_t seed)
        : acceptor(io, loopback(0))
        , target(server)
        , chance(seed) {}

    asio::io_context io{1};
    tcp::acceptor acceptor;
    mutable std::mutex mutex; // guards what follows, up to `links`
    std::uint16_t target;
    bool refusing = false;
    network_manners manners;
    network_counts counts;
    network_fault fault = network_fault::cut;
    std::uint64_t every = 0;
    std::uint64_t strikes_left = 0;
    std::uint64_t strike_in = 0; // bytes
    std::mt19937_64 chance;
    std::vector<std::weak_ptr<link>> links; // the io thread's alone
    std::thread thread;                     // last: starts when everything else is there

    asio::awaitable<void> accept_all();
    asio::awaitable<void> serve(std::shared_ptr<link> both);
    asio::awaitable<void> pump(std::shared_ptr<link> both, bool to_client);
    asio::awaitable<bool> pass(link& both, bool to_client, const std::string& bytes);
    asio::awaitable<void> strike_at(link& both, tcp::socket& to, std::string& bytes);
    std::uint64_t draw(std::uint64_t most) {
        return 1 + chance() % std::max<std::uint64_t>(most, 1);
    }
    bool falls_within(std::size_t bytes);
};

asio::awaitable<void> tcp_proxy::implementation::accept_all() {
    while (true) {
        auto [error, socket] = co_await acceptor.async_accept(completion);
        if (error) {
            co_return;
        }
        const auto both = std::make_shared<link>(std::move(socket));
        std::erase_if(links, [](const auto& each) { return each.expired(); });
        links.push_back(both);
        asio::co_spawn(io, serve(both), [](std::exception_ptr) {});
    }
}

asio::awaitable<void> tcp_proxy::implementation::serve(std::shared_ptr<link> both) {
    tcp::endpoint to;
    bool refused = false;
    {
        const std::lock_guard lock(mutex);
        ++counts.connections;
        to = loopback(target);
        refused = refusing;
    }
    if (!refused) {
        const auto [error] = co_await both->server.async_connect(to, completion);
        refused = static_cast<bool>(error);
    }
    if (refused) {
        both->close(true);
        co_return;
    }
    both->client.set_option(tcp::no_delay(true));
    both->server.set_option(tcp::no_delay(true));
    asio::co_spawn(io, pump(both, true), [](std::exception_ptr) {});
    co_await pump(both, false);
}

// One direction, until it ends; an end of one side is passed on to the other.
asio::awaitable<void> tcp_proxy::implementation::pump(std::shared_ptr<link> both, bool to_client) {
    auto& from = to_client ? both->server : both->client;
    auto& to = to_client ? both->client : both->server;
    std::array<char, 16384> buffer{};
    boost::system::error_code ignored;
    bool goes_on = true;
    while (goes_on && !both->frozen) {
        const auto [error, size] = co_await from.async_read_some(asio::buffer(buffer), completion);
        if (both->frozen) {
            break;
        }
        if (error) {
            to.shutdown(tcp::socket::shutdown_send, ignored);
            co_return;
        }
        const std::string bytes(buffer.data(), size);
        goes_on = co_await pass(*both, to_client, bytes);
    }
    asio::steady_timer look(io);
    while (both->frozen) { // kept open by this coroutine, until cut_all() or the end
        look.expires_after(std::chrono::milliseconds(50));
        co_await look.async_wait(completion);
    }
}

// Whether a strike falls on these bytes; counts them off otherwise.
bool tcp_proxy::implementation::falls_within(std::size_t bytes) {
    if (strikes_left == 0) {
        return false;
    }
    if (strike_in > bytes) {
        strike_in -= bytes;
        return false;
    }
    --strikes_left;
    strike_in = draw(2 * every);
    ++counts.struck;
    return true;
}

asio::awaitable<bool> tcp_proxy::implementation::pass(link& both, bool to_client,
                                                      const std::string& bytes) {
    auto& to = to_client ? both.client : both.server;
    asio::steady_timer pause(io);
    for (std::size_t at = 0; at < bytes.size();) {
        network_manners now;
        std::string piece;
        bool struck = false;
        {
            const std::lock_guard lock(mutex);
            now = manners;
            const auto most = now.piece == 0 ? bytes.size()
                              : now.ragged   ? draw(now.piece)
                                             : now.piece;
            piece = bytes.substr(at, most);
            struck = falls_within(piece.size());
            counts.bytes += piece.size();
            ++counts.pieces;
        }
        at += piece.size();
        auto wait = at == piece.size() ? now.delay : std::chrono::milliseconds(0);
        if (now.bytes_per_second > 0) {
            wait += std::chrono::milliseconds(1000 * piece.size() / now.bytes_per_second);
        }
        if (wait.count() > 0) {
            pause.expires_after(wait);
            co_await pause.async_wait(completion);
            const std::lock_guard lock(mutex);
            ++counts.delayed;
        }
        if (struck) {
            co_await strike_at(both, to, piece);
            if (!both.client.is_open() || both.frozen) {
                co_return false;
            }
            continue;
        }
        const auto [error, sent] = co_await asio::async_write(to, asio::buffer(piece), completion);
        if (error || both.frozen) {
            co_return false;
        }
    }
    co_return true;
}

asio::awaitable<void> tcp_proxy::implementation::strike_at(link& both, tcp::socket& to,
                                                           std::string& bytes) {
    network_fault what{};
    {
        const std::lock_guard lock(mutex);
        what = fault;
        counts.frozen += what == network_fault::half_open ? 1 : 0;
    }
    if (what == network_fault::half_open) {
        both.frozen = true;
        co_return;
    }
    const auto half = static_cast<std::ptrdiff_t>(bytes.size() / 2);
    if (what == network_fault::reorder) {
        std::rotate(bytes.begin(), bytes.begin() + half, bytes.end());
    } else {
        bytes.resize(static_cast<std::size_t>(half)); // some of it still arrives
    }
    co_await asio::async_write(to, asio::buffer(bytes), completion);
    if (what != network_fault::reorder) {
        both.close(what == network_fault::reset);
    }
}

tcp_proxy::tcp_proxy(std::uint16_t server, std::uint64_t seed)
    : implementation_(std::make_unique<implementation>(server, seed)) {
    auto& self = *implementation_;
    asio::co_spawn(self.io, self.accept_all(), [](std::exception_ptr) {});
    self.thread = std::thread([&self] { self.io.run(); });
}

tcp_proxy::~tcp_proxy() {
    implementation_->io.stop();
    implementation_->thread.join();
}

std::uint16_t tcp_proxy::port() const {
    return implementation_->acceptor.local_endpoint().port();
}

void tcp_proxy::set(network_manners manners) {
    const std::lock_guard lock(implementation_->mutex);
    implementation_->manners = manners;
}

void tcp_proxy::strike(network_fault what, std::uint64_t every, std::uint64_t times) {
    auto& self = *implementation_;
    const std::lock_guard lock(self.mutex);
    self.fault = what;
    self.every = every;
    self.strikes_left = times;
    self.strike_in = self.draw(2 * every);
}

void tcp_proxy::cut_all() {
    auto& self = *implementation_;
    asio::post(self.io, [&self] {
        for (const auto& each : self.links) {
            if (const auto there = each.lock()) {
                there->close(false);
            }
        }
        const std::lock_guard lock(self.mutex);
        self.counts.frozen = 0;
    });
}

void tcp_proxy::refuse(bool on) {
    const std::lock_guard lock(implementation_->mutex);
    implementation_->refusing = on;
}

void tcp_proxy::forward_to(std::uint16_t server) {
    const std::lock_guard lock(implementation_->mutex);
    implementation_->target = server;
}

network_counts tcp_proxy::seen() const {
    const std::lock_guard lock(implementation_->mutex);
    return implementation_->counts;
}

} // namespace callmirror::test_support

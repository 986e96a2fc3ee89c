#include "sync/fetch/http_client.hpp"

#include "sync/fetch/connection.hpp"
#include "sync/fetch/listed.hpp"
#include "sync/fetch/resolver.hpp"
#include "sync/fetch/route.hpp"
#include "sync/fetch/turnstile.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace callmirror::fetch {
namespace asio = boost::asio;
namespace {

using clock = std::chrono::steady_clock;

std::optional<std::string> process_environment(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

answer failed(const failure& why) {
    answer result;
    result.failure = why.kind;
    result.failure_text = why.text;
    return result;
}

} // namespace

struct http_client::implementation {
    struct parked {
        std::unique_ptr<connection> link;
        monotonic_time since;
    };

    asio::any_io_executor executor;
    client_options options;
    route on;
    resolver addresses;
    turnstile gate;
    std::optional<asio::ip::address> preferred; // the one that worked last
    std::vector<parked> idle;                   // the one used last at the end
    std::vector<connection*> active;
    counters totals;
    bool stopped = false;

    implementation(asio::any_io_executor with, client_options from)
        : executor{std::move(with)}
        , options{std::move(from)}
        , on{make_route(options, process_environment)}
        , addresses{executor, on.first_hop().host}
        , gate{executor, options.max_connections} {}

    asio::awaitable<answer> get(std::string request);
    asio::awaitable<answer> send(const std::string& request);
    asio::awaitable<exchanged> use(connection& link, const std::string& request,
                                   monotonic_time deadline);
    asio::awaitable<failure> open(connection& link, monotonic_time deadline);
    std::unique_ptr<connection> take_idle();
    void park(std::unique_ptr<connection> link);
    void stop();
};

// A coroutine that was cancelled between two waits throws at the next one: that is a stop as well.
asio::awaitable<answer> http_client::implementation::get(std::string request) {
    answer result = failed({failure_kind::stopped, "stopped"});
    try {
        turnstile::turn mine{gate};
        co_await mine.wait();
        if (!stopped && mine.granted()) {
            ++totals.requests;
            const auto start = clock::now();
            result = co_await send(request);
            result.elapsed = std::chrono::floor<std::chrono::milliseconds>(clock::now() - start);
        }
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) {
            throw;
        }
    }
    co_return result;
}

asio::awaitable<answer> http_client::implementation::send(const std::string& request) {
    monotonic_time deadline = monotonic_time::max();
    if (auto link = take_idle()) {
        deadline = clock::now() + options.request_timeout;
        exchanged got = co_await use(*link, request, deadline);
        if (!got.silent) {
            park(std::move(link));
            co_return std::move(got.result);
        }
    }
    auto link = std::make_unique<connection>(executor, on);
    const failure why = co_await open(*link, deadline);
    if (why.kind != failure_kind::none) {
        co_return failed(why);
    }
    deadline = std::min(deadline, clock::now() + options.request_timeout);
    exchanged got = co_await use(*link, request, deadline);
    park(std::move(link));
    co_return std::move(got.result);
}

asio::awaitable<exchanged> http_client::implementation::use(connection& link,
                                                            const std::string& request,
                                                            monotonic_time deadline) {
    const listed<connection> registered{active, link};
    exchanged got = co_await link.exchange(request, deadline);
    totals.bytes_received += got.received;
    co_return got;
}

asio::awaitable<failure> http_client::implementation::open(connection& link,
                                                           monotonic_time deadline) {
    const listed<connection> registered{active, link};
    const auto left =
        std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()),
                 std::chrono::milliseconds{0});
    look_up_result found = co_await addresses.resolve(std::min(options.resolve_timeout, left));
    if (found.failure != failure_kind::none) {
        co_return failure{found.failure, found.failure_text};
    }
    const auto best =
        preferred ? std::ranges::find(found.addresses, *preferred) : found.addresses.end();
    if (best != found.addresses.end()) {
        std::rotate(found.addresses.begin(), best, best + 1);
    }
    failure why = co_await link.open(found.addresses, deadline);
    if (why.kind == failure_kind::none) {
        preferred = link.address();
        ++totals.connections;
    }
    co_return why;
}

std::unique_ptr<connection> http_client::implementation::take_idle() {
    const auto oldest = clock::now() - options.idle_timeout;
    std::erase_if(idle, [&](const parked& entry) { return entry.since <= oldest; });
    while (!idle.empty()) {
        auto link = std::move(idle.back().link);
        idle.pop_back();
        if (link->quiet()) {
            return link;
        }
    }
    return nullptr;
}

void http_client::implementation::park(std::unique_ptr<connection> link) {
    if (!stopped && link->reusable()) {
        idle.push_back({std::move(link), clock::now()});
    }
}

void http_client::implementation::stop() {
    stopped = true;
    idle.clear();
    addresses.stop();
    for (auto* const link : active) {
        link->stop();
    }
    gate.close();
}

http_client::http_client(asio::any_io_executor executor, client_options options)
    : implementation_{std::make_unique<implementation>(std::move(executor), std::move(options))} {}

http_client::~http_client() = default;

asio::awaitable<answer> http_client::get(const std::string& target) {
    return implementation_->get(make_request(implementation_->on, target));
}

void http_client::stop() {
    implementation_->stop();
}

const http_client::counters& http_client::totals() const {
    return implementation_->totals;
}

} // namespace callmirror::fetch

#include "sync/fetch/connection.hpp"

#include "sync/base/time.hpp"
#include "sync/fetch/tls.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <span>
#include <string_view>
#include <sys/socket.h>

namespace callmirror::fetch {
namespace asio = boost::asio;
namespace {

using boost::system::error_code;
using clock = std::chrono::steady_clock;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr std::size_t most_addresses = 8;
constexpr auto token = asio::as_tuple(asio::use_awaitable);

struct transferred {
    error_code error;
    std::size_t size = 0;
};

utc_time now_utc() {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

// "Connection refused" as the rest of a sentence.
std::string describe(const error_code& error) {
    std::string text = error.message();
    if (!text.empty()) {
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    }
    return text;
}

} // namespace

struct connection::implementation : std::enable_shared_from_this<implementation> {
    const route& on;
    tcp::socket socket;
    std::optional<asio::ssl::stream<tcp::socket&>> tls; // once the handshake has begun
    asio::steady_timer watchdog;
    asio::ip::address address;
    milliseconds armed_for{0};
    bool timed_out = false;
    bool stopped = false;
    bool reusable = false;

    implementation(const asio::any_io_executor& executor, const route& along)
        : on{along}
        , socket{executor}
        , watchdog{executor} {}

    void close() {
        error_code ignored;
        socket.close(ignored);
    }

    // From now on the socket is closed when `limit` has passed, or at `deadline` where that is
    // sooner; this ends what waits for it. A handler that was queued before a later arm() or
    // disarm() sees that its time has not come.
    void arm(milliseconds limit, monotonic_time deadline) {
        const auto now = clock::now();
        armed_for = std::min(limit, std::chrono::ceil<milliseconds>(deadline - now));
        watchdog.expires_at(std::min(now + limit, deadline));
        watchdog.async_wait([weak = weak_from_this()](const error_code& error) {
            const auto self = weak.lock();
            if (!error && self && self->watchdog.expiry() <= clock::now()) {
                self->timed_out = true;
                self->close();
            }
        });
    }
    void disarm() { watchdog.expires_at(monotonic_time::max()); }

    // Why an operation ended with `error`, in the order of what is surest.
    failure explain(const std::string& what, const error_code& error) const {
        if (stopped || (error == asio::error::operation_aborted && !timed_out)) {
            return {failure_kind::stopped, what + ": stopped"};
        }
        if (timed_out) {
            return {failure_kind::timeout,
                    what + ": not done within " + format_duration(armed_for)};
        }
        return {failure_kind::unreachable, what + ": " + describe(error)};
    }

    std::string hop_name() const { return (on.via ? "proxy " : "") + to_text(on.first_hop()); }

    asio::awaitable<failure> connect(const std::vector<asio::ip::address>& addresses,
                                     monotonic_time deadline);
    asio::awaitable<failure> tunnel(monotonic_time deadline);
    asio::awaitable<failure> handshake(monotonic_time deadline);
    asio::awaitable<transferred> write_all(const std::string& bytes);
    asio::awaitable<transferred> read_some(std::span<char> into);
    asio::awaitable<void> converse(const std::string& request, response_reader& reader);
    void end(response_reader& reader, const error_code& error) const;
};

asio::awaitable<failure>
connection::implementation::connect(const std::vector<asio::ip::address>& addresses,
                                    monotonic_time deadline) {
    const std::string what = "connect to " + hop_name();
    const std::size_t count = std::min(addresses.size(), most_addresses);
    failure last{failure_kind::unreachable, what + ": no address"};
    for (std::size_t at = 0; at < count && !stopped; ++at) {
        timed_out = false;
        arm(on.connect_timeout, deadline);
        const tcp::endpoint endpoint{addresses[at], on.first_hop().port};
        const auto [error] = co_await socket.async_connect(endpoint, token);
        disarm();
        if (!error && !timed_out && !stopped) {
            error_code ignored;
            socket.set_option(tcp::no_delay{true}, ignored);
            address = addresses[at];
            co_return failure{};
        }
        last = explain(what, error);
        close();
        if (last.kind == failure_kind::stopped || clock::now() >= deadline) {
            co_return last;
        }
    }
    if (count > 1) {
        last.text += " (the last of " + std::to_string(count) + " addresses)";
    }
    co_return last;
}

asio::awaitable<failure> connection::implementation::tunnel(monotonic_time deadline) {
    const std::string what = hop_name();
    response_reader reader{on.limits, request_kind::connect};
    arm(on.handshake_timeout, deadline);
    co_await converse(on.connect_request, reader);
    disarm();
    const bool surplus = reader.surplus();
    const answer said = reader.take(now_utc());
    if (stopped || timed_out) {
        co_return explain(what, asio::error::operation_aborted);
    }
    if (said.failure != failure_kind::none) {
        co_return failure{said.failure, what + ": " + said.failure_text};
    }
    if (said.status / 100 != 2) {
        co_return failure{
            failure_kind::unreachable,
            what + ": CONNECT was refused with status " + std::to_string(said.status) +
                (said.status == 407 ? "; hint: the proxy wants user:password@ in its URL" : "")};
    }
    if (surplus) {
        co_return failure{failure_kind::bad_answer, what + ": spoke before TLS began"};
    }
    co_return failure{};
}

asio::awaitable<failure> connection::implementation::handshake(monotonic_time deadline) {
    const std::string what = "tls with " + to_text(on.to.where);
    tls.emplace(socket, *on.tls);
    expect_server(tls->native_handle(), on.to.where.host);
    arm(on.handshake_timeout, deadline);
    const auto [error] = co_await tls->async_handshake(asio::ssl::stream_base::client, token);
    disarm();
    if (stopped || timed_out || error == asio::error::operation_aborted) {
        co_return explain(what, error);
    }
    if (error) {
        close();
        const tls_failure why = explain_handshake(tls->native_handle(), error);
        co_return failure{why.kind, what + ": " + why.text};
    }
    co_return failure{};
}

asio::awaitable<transferred> connection::implementation::write_all(const std::string& bytes) {
    if (tls) {
        const auto [error, size] = co_await asio::async_write(*tls, asio::buffer(bytes), token);
        co_return transferred{error, size};
    }
    const auto [error, size] = co_await asio::async_write(socket, asio::buffer(bytes), token);
    co_return transferred{error, size};
}

asio::awaitable<transferred> connection::implementation::read_some(std::span<char> into) {
    const asio::mutable_buffer buffer{into.data(), into.size()};
    if (tls) {
        const auto [error, size] = co_await tls->async_read_some(buffer, token);
        co_return transferred{error, size};
    }
    const auto [error, size] = co_await socket.async_read_some(buffer, token);
    co_return transferred{error, size};
}

// Leaves the reader complete or failed. The limit is the caller's: armed before, disarmed after.
asio::awaitable<void> connection::implementation::converse(const std::string& request,
                                                           response_reader& reader) {
    transferred last = co_await write_all(request);
    while (!last.error && reader.reading()) {
        const std::span<char> space = reader.prepare();
        last = co_await read_some(space);
        if (!last.error) {
            reader.commit(last.size);
        }
    }
    if (reader.reading()) {
        end(reader, last.error);
    }
}

void connection::implementation::end(response_reader& reader, const error_code& error) const {
    if (stopped || (error == asio::error::operation_aborted && !timed_out)) {
        reader.fail(failure_kind::stopped, "stopped");
    } else if (timed_out) {
        reader.fail(failure_kind::timeout, "not complete within " + format_duration(armed_for) +
                                               ", " + std::to_string(reader.received()) +
                                               " bytes came");
    } else if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
        reader.end_of_stream(error == asio::error::eof);
    } else if (reader.received() == 0) {
        reader.fail(failure_kind::unreachable, describe(error));
    } else {
        reader.fail(failure_kind::truncated, "cut off after " + std::to_string(reader.received()) +
                                                 " bytes: " + describe(error));
    }
}

connection::connection(const asio::any_io_executor& executor, const route& on)
    : implementation_{std::make_shared<implementation>(executor, on)} {}

connection::~connection() {
    implementation_->disarm();
}

asio::awaitable<failure> connection::open(const std::vector<asio::ip::address>& addresses,
                                          monotonic_time deadline) {
    auto& self = *implementation_;
    failure result = co_await self.connect(addresses, deadline);
    if (result.kind == failure_kind::none && self.on.via && self.on.tls) {
        result = co_await self.tunnel(deadline);
    }
    if (result.kind == failure_kind::none && self.on.tls) {
        result = co_await self.handshake(deadline);
    }
    co_return result;
}

const asio::ip::address& connection::address() const {
    return implementation_->address;
}

asio::awaitable<exchanged> connection::exchange(const std::string& request,
                                                monotonic_time deadline) {
    auto& self = *implementation_;
    response_reader reader{self.on.limits};
    self.reusable = false;
    self.arm(self.on.request_timeout, deadline);
    co_await self.converse(request, reader);
    self.disarm();
    self.reusable = reader.reusable() && !self.timed_out && !self.stopped;
    exchanged got;
    got.received = reader.received();
    got.result = reader.take(now_utc());
    got.silent = got.received == 0 && got.result.failure == failure_kind::unreachable;
    if (got.result.failure != failure_kind::none) {
        got.result.failure_text =
            "answer of " + to_text(self.on.to.where) + ": " + got.result.failure_text;
    }
    if (!self.reusable) {
        self.close();
    }
    co_return got;
}

bool connection::reusable() const {
    return implementation_->reusable;
}

bool connection::quiet() {
    char byte = 0;
    const auto seen =
        recv(implementation_->socket.native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    return seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::stop() {
    implementation_->stopped = true;
    implementation_->close();
}

} // namespace callmirror::fetch

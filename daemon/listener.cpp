#include "daemon/listener.hpp"

#include "daemon/page_policy.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <utility>

namespace callmirror::daemon {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto completion = asio::as_tuple(asio::use_awaitable);
constexpr auto pause_after_failure = 1s; // of accepting: no descriptor is free
constexpr auto farewell = 1s;
constexpr std::size_t farewell_reads = 64;

using parser = http::request_parser<http::empty_body>;
using response = http::response<http::string_body>;

struct connection
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    explicit connection(tcp::socket socket)
        : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    bool cut = false; // closed from outside
};

std::optional<std::string_view> host_of(const parser::value_type& request) {
    const auto [first, last] = request.equal_range(http::field::host);
    if (first == last || std::next(first) != last) {
        return std::nullopt;
    }
    const auto value = first->value();
    return std::string_view(value.data(), value.size());
}

std::string authority(const std::string& host, std::uint16_t port) {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string_view text(beast::string_view from) {
    return {from.data(), from.size()};
}

bool is_too_large(const error_code& error) {
    return error == http::error::header_limit || error == http::error::buffer_overflow;
}

// Something came that is not what we take; otherwise the connection ended, or its time was up.
bool is_clients_fault(const error_code& error) {
    const bool http_error = error.category() == make_error_code(http::error::bad_method).category();
    return http_error && error != http::error::end_of_stream &&
           error != http::error::partial_message;
}

response make_response(web_answer from, unsigned version, bool head_only, bool keep_alive) {
    response made;
    made.version(version);
    made.result(static_cast<unsigned>(from.status));
    if (!from.type.empty()) {
        made.set(http::field::content_type, beast::string_view(from.type.data(), from.type.size()));
    }
    if (from.status == 405) {
        made.set(http::field::allow, "GET, HEAD");
    }
    made.set(http::field::cache_control, "no-store");
    made.set("Content-Security-Policy", page_policy());
    made.set("X-Content-Type-Options", "nosniff");
    made.set("Referrer-Policy", "no-referrer");
    made.set("Cross-Origin-Resource-Policy", "same-origin");
    made.keep_alive(keep_alive);
    made.content_length(from.body.size());
    if (!head_only) {
        made.body() = std::move(from.body);
    }
    return made;
}

} // namespace

struct listener::implementation {
    asio::any_io_executor executor;
    engine::clock& time;
    answerer answer;
    engine::report say;
    listener_limits limits;
    engine::task_group tasks;
    std::shared_ptr<tcp::acceptor> acceptor{}; // its coroutine's as well
    std::optional<config::listen_address> at{};
    boost::intrusive::list<connection, boost::intrusive::constant_time_size<false>> connections{};
    std::size_t open = 0;
    bool fault_told = false;

    std::string bind(const config::listen_address& to);
    void close_all();
    engine::awaitable<void> accept(std::shared_ptr<tcp::acceptor> from);
    engine::awaitable<void> serve(std::shared_ptr<connection> with);
    engine::awaitable<void> talk(connection& with);
    engine::awaitable<error_code> read_header(connection& with, beast::flat_buffer& buffer,
                                              parser& into);
    engine::awaitable<error_code> send(connection& with, const response& what, bool head_only);
    engine::awaitable<void> say_goodbye(connection& with);
    web_answer answer_for(const parser::value_type& request);
};

std::string listener::implementation::bind(const config::listen_address& to) {
    error_code error;
    const auto address = asio::ip::make_address(to.host, error);
    auto fresh = std::make_shared<tcp::acceptor>(executor);
    const tcp::endpoint endpoint(address, to.port);
    if (!error) {
        fresh->open(endpoint.protocol(), error);
    }
    if (!error) {
        fresh->set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) {
        fresh->bind(endpoint, error);
    }
    if (!error) {
        fresh->listen(tcp::acceptor::max_listen_connections, error);
    }
    if (error) {
        return "http.listen " + authority(to.host, to.port) + ": " + error.message();
    }
    acceptor = std::move(fresh);
    at = to;
    tasks.spawn("listener", accept(acceptor));
    return {};
}

void listener::implementation::close_all() {
    if (acceptor) {
        error_code ignored;
        acceptor->close(ignored);
        acceptor.reset();
    }
    at.reset();
    for (auto& each : connections) {
        each.cut = true;
        each.stream.close();
    }
}

engine::awaitable<void> listener::implementation::accept(std::shared_ptr<tcp::acceptor> from) {
    while (from->is_open()) {
        auto [error, socket] = co_await from->async_accept(completion);
        if (!from->is_open() || error == asio::error::operation_aborted) {
            co_return;
        }
        if (error) { // the client has gone already, or there is no descriptor left
            const bool ours = error != asio::error::connection_aborted;
            if (ours && !co_await tasks.sleep_until(time.now() + pause_after_failure)) {
                co_return;
            }
            continue;
        }
        if (open < limits.connections) { // otherwise it is closed by leaving this scope
            tasks.spawn("client", serve(std::make_shared<connection>(std::move(socket))));
        }
    }
}

engine::awaitable<void> listener::implementation::serve(std::shared_ptr<connection> with) {
    ++open;
    connections.push_back(*with);
    try {
        co_await talk(*with);
    } catch (const std::exception& error) { // a fault here must not end the mirror
        if (!std::exchange(fault_told, true)) {
            say(engine::level::error, std::string("internal error: HTTP: ") + error.what());
        }
    }
    with->stream.close();
    with->unlink();
    --open;
}

// Waits long for a request to begin, and not long for it to go on: a connection that is kept may
// be quiet, a client that sends a byte now and then may not.
engine::awaitable<error_code>
listener::implementation::read_header(connection& with, beast::flat_buffer& buffer, parser& into) {
    if (buffer.size() == 0) {
        with.stream.expires_after(limits.idle);
        const auto [error, size] =
            co_await with.stream.async_read_some(buffer.prepare(limits.header), completion);
        buffer.commit(size);
        if (error) {
            co_return error;
        }
    }
    with.stream.expires_after(limits.request);
    const auto [error, size] =
        co_await http::async_read_header(with.stream, buffer, into, completion);
    co_return error;
}

web_answer listener::implementation::answer_for(const parser::value_type& request) {
    const web_request asked{.method = text(request.method_string()),
                            .target = text(request.target()),
                            .host = host_of(request)};
    try {
        return answer(asked);
    } catch (const std::exception& error) {
        if (!std::exchange(fault_told, true)) {
            say(engine::level::error, std::string("internal error: HTTP: ") + error.what());
        }
        return refusal(500, "internal error");
    }
}

engine::awaitable<void> listener::implementation::talk(connection& with) {
    beast::flat_buffer buffer(2 * limits.header);
    bool go_on = true;
    while (go_on) {
        parser request;
        request.header_limit(static_cast<std::uint32_t>(limits.header));
        const auto error = co_await read_header(with, buffer, request);
        if (with.cut || (error && !is_clients_fault(error))) {
            co_return;
        }
        const auto& header = request.get();
        // Bodies are not read, so nothing that follows one can be understood.
        const bool has_body =
            !error && (request.chunked() || request.content_length().value_or(0) > 0);
        go_on = !error && !has_body && header.keep_alive();
        auto reply = !error                ? answer_for(header)
                     : is_too_large(error) ? refusal(431, "the header is too large")
                                           : refusal(400, "this is no HTTP request");
        const bool head_only = !error && header.method() == http::verb::head;
        const auto made =
            make_response(std::move(reply), error ? 11 : header.version(), head_only, go_on);
        if (co_await send(with, made, head_only)) {
            co_return;
        }
    }
    co_await say_goodbye(with);
}

engine::awaitable<error_code> listener::implementation::send(connection& with, const response& what,
                                                             bool head_only) {
    http::response_serializer<http::string_body> out(what);
    with.stream.expires_after(limits.answer);
    if (head_only) { // its Content-Length is of a body that does not follow
        out.split(true);
        const auto [error, size] = co_await http::async_write_header(with.stream, out, completion);
        co_return error;
    }
    const auto [error, size] = co_await http::async_write(with.stream, out, completion);
    co_return error;
}

// A socket closed with unread bytes resets the connection, and the client may lose our answer.
engine::awaitable<void> listener::implementation::say_goodbye(connection& with) {
    error_code failed;
    with.stream.socket().shutdown(tcp::socket::shutdown_send, failed);
    with.stream.expires_after(farewell);
    std::array<char, 4096> unread{};
    const auto room = asio::buffer(unread);
    for (std::size_t i = 0; i < farewell_reads && !failed && !with.cut; ++i) {
        const auto [bad, size] = co_await with.stream.async_read_some(room, completion);
        failed = bad;
    }
}

listener::listener(asio::any_io_executor executor, engine::clock& time, answerer answer,
                   engine::report say, listener_limits limits)
    : implementation_(new implementation{.executor = executor,
                                         .time = time,
                                         .answer = std::move(answer),
                                         .say = std::move(say),
                                         .limits = limits,
                                         .tasks = engine::task_group(executor, time)}) {}

listener::~listener() = default;

std::string listener::listen(const std::optional<config::listen_address>& at) {
    auto& self = *implementation_;
    if (at == self.at) {
        return {};
    }
    // First what there is, as 0.0.0.0 and 127.0.0.1 can't have one port both.
    const auto before = self.at;
    self.close_all();
    if (!at) {
        return {};
    }
    auto wrong = self.bind(*at);
    if (!wrong.empty() && before) {
        const auto lost = self.bind(*before);
        wrong += lost.empty() ? "" : "; and what was served before is lost: " + lost;
    }
    return wrong;
}

std::uint16_t listener::port() const {
    const auto& acceptor = implementation_->acceptor;
    error_code error;
    return acceptor ? acceptor->local_endpoint(error).port() : std::uint16_t{0};
}

std::string listener::url() const {
    const auto& at = implementation_->at;
    return at ? "http://" + authority(at->host, port()) + '/' : "";
}

void listener::stop() {
    implementation_->close_all();
    implementation_->tasks.stop();
}

engine::awaitable<void> listener::join() {
    return implementation_->tasks.join();
}

} // namespace callmirror::daemon

#include "sync/fetch/resolver.hpp"

#include "sync/base/text.hpp"
#include "sync/base/time.hpp"
#include "sync/fetch/listed.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

namespace callmirror::fetch {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// A server that closes after every answer must not cost a look-up each time.
constexpr auto fresh_for = 5s;

std::string describe(int error) {
    if (error == EAI_SYSTEM) {
        return std::generic_category().message(errno);
    }
    std::string text = gai_strerror(error);
    if (!text.empty()) {
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    }
    return text;
}

std::optional<asio::ip::address> to_address(const addrinfo& entry) {
    if (entry.ai_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, entry.ai_addr, sizeof v4);
        return asio::ip::address_v4{ntohl(v4.sin_addr.s_addr)};
    }
    if (entry.ai_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, entry.ai_addr, sizeof v6);
        asio::ip::address_v6::bytes_type bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return asio::ip::address_v6{bytes, v6.sin6_scope_id};
    }
    return std::nullopt;
}

// What the look-up's thread and the io thread share. The thread touches the executor only under the
// mutex and only while `wanted`: it may still run when the io_context is gone.
struct look_up_job {
    std::mutex mutex;
    bool wanted = true;
    asio::any_io_executor executor;
};

} // namespace

look_up_result system_look_up(const std::string& host) {
    look_up_result result;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &list);
    for (const addrinfo* entry = list; error == 0 && entry != nullptr; entry = entry->ai_next) {
        const auto address = to_address(*entry);
        if (address && std::ranges::find(result.addresses, *address) == result.addresses.end()) {
            result.addresses.push_back(*address);
        }
    }
    if (error == 0) {
        freeaddrinfo(list);
    }
    if (result.addresses.empty()) {
        result.failure = failure_kind::unreachable;
        result.failure_text =
            "look up " + host + ": " + (error == 0 ? "no address" : describe(error));
    }
    return result;
}

struct resolver::implementation : std::enable_shared_from_this<implementation> {
    asio::any_io_executor executor;
    std::string host;
    look_up_function look_up;
    std::shared_ptr<look_up_job> job; // under way, perhaps given up on
    std::vector<asio::steady_timer*> waiting;
    look_up_result last;
    look_up_result last_good;
    clock::time_point good_since{};
    bool stopped = false;

    implementation(asio::any_io_executor on, std::string of, look_up_function with)
        : executor{std::move(on)}
        , host{std::move(of)}
        , look_up{std::move(with)} {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(host, error);
        if (!error) {
            last_good.addresses.push_back(address);
            good_since = clock::time_point::max();
        }
    }

    bool fresh() const {
        return !last_good.addresses.empty() &&
               (good_since == clock::time_point::max() || clock::now() - good_since < fresh_for);
    }

    // Called on the io thread when the look-up's thread is done.
    void finish(const look_up_result& result) {
        job.reset();
        last = result;
        if (result.failure == failure_kind::none) {
            last_good = result;
            good_since = clock::now();
        }
        wake();
    }

    void wake() {
        for (auto* const timer : waiting) {
            timer->cancel();
        }
    }

    // Returns an error's text.
    std::string start() {
        job = std::make_shared<look_up_job>();
        job->executor = executor;
        auto work = [job = job, host = host, look_up = look_up, weak = weak_from_this()] {
            const look_up_result result = look_up(host);
            const std::lock_guard lock{job->mutex};
            if (job->wanted) {
                asio::post(job->executor, [weak, result] {
                    if (const auto self = weak.lock()) {
                        self->finish(result);
                    }
                });
            }
        };
        try {
            std::thread{std::move(work)}.detach();
        } catch (const std::system_error& error) {
            job.reset();
            return error.code().message();
        }
        return {};
    }

    void abandon() {
        if (job) {
            const std::lock_guard lock{job->mutex};
            job->wanted = false;
            job->executor = {};
        }
        job.reset();
    }

    look_up_result failed(failure_kind kind, const std::string& why) const {
        if (kind != failure_kind::stopped && !last_good.addresses.empty()) {
            return last_good;
        }
        return {{}, kind, "look up " + host + ": " + why};
    }

    // The verdict for one caller, once it need not wait any longer.
    look_up_result outcome(bool answered, bool timed_out, std::chrono::milliseconds limit) const {
        if (stopped || (!answered && !timed_out)) {
            return failed(failure_kind::stopped, "stopped");
        }
        if (!answered) {
            return failed(failure_kind::timeout, "no answer within " + format_duration(limit));
        }
        const bool stale = last.failure != failure_kind::none && !last_good.addresses.empty();
        return stale ? last_good : last;
    }
};

resolver::resolver(asio::any_io_executor executor, std::string host, look_up_function look_up)
    : implementation_{std::make_shared<implementation>(std::move(executor), std::move(host),
                                                       std::move(look_up))} {}

resolver::~resolver() {
    implementation_->abandon();
}

asio::awaitable<look_up_result> resolver::resolve(std::chrono::milliseconds limit) {
    auto& self = *implementation_;
    if (self.stopped) {
        co_return self.failed(failure_kind::stopped, "stopped");
    }
    if (self.fresh()) {
        co_return self.last_good;
    }
    if (!self.job) {
        const std::string error = self.start();
        if (!error.empty()) {
            co_return self.failed(failure_kind::unreachable, error);
        }
    }
    asio::steady_timer timer{self.executor, limit};
    const listed<asio::steady_timer> registered{self.waiting, timer};
    const auto awaited = self.job;
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return self.outcome(self.job != awaited, !error, limit);
}

void resolver::stop() {
    implementation_->stopped = true;
    implementation_->abandon();
    implementation_->wake();
}

} // namespace callmirror::fetch

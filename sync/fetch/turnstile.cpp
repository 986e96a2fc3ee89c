#include "sync/fetch/turnstile.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace callmirror::fetch {
namespace asio = boost::asio;

turnstile::turnstile(asio::any_io_executor executor, std::size_t width)
    : executor_{std::move(executor)}
    , free_{std::max<std::size_t>(width, 1)} {}

void turnstile::close() {
    closed_ = true;
    for (auto* const waiting : queue_) {
        waiting->timer_.cancel();
    }
}

turnstile::turn::turn(turnstile& gate)
    : gate_{gate}
    , timer_{gate.executor_, asio::steady_timer::time_point::max()} {
    if (gate_.closed_) {
        return;
    }
    if (gate_.free_ > 0) {
        --gate_.free_;
        granted_ = true;
    } else {
        gate_.queue_.push_back(this);
    }
}

turnstile::turn::~turn() {
    if (!granted_) {
        std::erase(gate_.queue_, this);
    } else if (gate_.queue_.empty() || gate_.closed_) {
        ++gate_.free_;
    } else {
        turn* const next = gate_.queue_.front();
        gate_.queue_.pop_front();
        next->granted_ = true;
        next->timer_.cancel();
    }
}

asio::awaitable<void> turnstile::turn::wait() {
    if (!granted_ && !gate_.closed_) {
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

} // namespace callmirror::fetch

#include "sync/engine/gate.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

// Some dozens of usual pages, which keep the thread that decodes them busy.
constexpr std::size_t most_waiting_bytes = std::size_t{16} << 20U;

} // namespace

gate::gate(task_group& group, plan::pace pace, int max_in_flight)
    : group_(group)
    , changed_(group)
    , told_to_wait_(group)
    , pace_(std::move(pace))
    , max_in_flight_(max_in_flight) {}

awaitable<bool> gate::enter(plan::work kind) {
    waiter self{.kind = kind};
    auto& queue = waiting_[static_cast<std::size_t>(kind)];
    queue.push_back(&self);
    pump();
    while (!self.granted) {
        const auto wake_at = places() > 0 ? pace_.ready_at() : steady_time::max();
        if (!co_await changed_.wait_until(wake_at)) {
            break;
        }
        pump();
    }
    if (self.granted) {
        co_return !key_refused_;
    }
    std::erase(queue, &self);
    co_return false;
}

void gate::answered(steady_time sent_at, const fetch::answer& got) {
    --in_flight_;
    waiting_bytes_ += got.body.size();
    const auto now = group_.time().now();
    if (got.failure == fetch::failure_kind::none) {
        key_refused_ = key_refused_ || got.status == 401;
        key_proven_ = key_proven_ || got.status != 401;
        if (got.status == 429) {
            ++throttled_;
            pace_.throttled(now, sent_at, got.headers.retry_after);
        } else {
            pace_.answered(now);
        }
        if (got.headers.retry_after) {
            hold_until(now + *got.headers.retry_after);
        }
        if (got.headers.rate_remaining && got.headers.rate_reset) {
            pace_.budget(now, *got.headers.rate_remaining, *got.headers.rate_reset);
            if (*got.headers.rate_remaining == 0) {
                hold_until(now + *got.headers.rate_reset);
            }
        }
    }
    pump();
    changed_.notify();
}

void gate::hold_until(steady_time until) {
    pace_.hold_until(until);
    if (until > quiet_until_) {
        quiet_until_ = until;
        told_to_wait_.notify();
    }
}

void gate::leave(std::size_t bytes) {
    waiting_bytes_ -= bytes;
    pump();
    changed_.notify();
}

int gate::places() const {
    return waiting_bytes_ > most_waiting_bytes ? 0 : most_in_flight() - in_flight_;
}

int gate::room() const {
    std::size_t waiting = 0;
    for (const auto& queue : waiting_) {
        waiting += queue.size();
    }
    return std::max(places() - static_cast<int>(waiting), 0);
}

void gate::pump() {
    const auto now = group_.time().now();
    bool any = false;
    while (!group_.stopping() && !key_refused_ && places() > 0 && pace_.ready_at() <= now) {
        std::array<bool, plan::kinds_of_work> waiting{};
        std::ranges::transform(waiting_, waiting.begin(),
                               [](const auto& queue) { return !queue.empty(); });
        const auto kind = order_.next(waiting);
        if (!kind) {
            break;
        }
        auto& queue = waiting_[static_cast<std::size_t>(*kind)];
        queue.front()->granted = true;
        queue.pop_front();
        ++in_flight_;
        ++requests_;
        pace_.sent(now);
        any = true;
    }
    if (any) {
        changed_.notify();
    }
}

} // namespace callmirror::engine

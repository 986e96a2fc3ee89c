#include "sync/plan/pace.hpp"

#include <algorithm>
#include <cmath>

namespace callmirror::plan {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr double slowest = 1.0 / 60; // one request a minute still finds out when things are better
constexpr double most_in_window = 1000;
constexpr auto raise_every = 1s;
// Shares of the rate that was refused, a step. A step is a second, or an answer where those come
// more slowly.
constexpr double raise_quickly = 0.04;
constexpr double raise_slowly = 0.0002; // some five minutes, and hundreds of answers, for 6 %
constexpr double near_refusal = 0.95;
constexpr double beyond_refusal = 1.03;   // so far above and still served: the limit has changed
constexpr steady_time made_up_for = 25ms; // the io thread was busy; longer, and nothing was to send
constexpr auto quota_window = 10s;        // budgets that renew sooner don't starve the head

microseconds spaced(double requests, double rate) {
    return microseconds(static_cast<std::int64_t>(std::ceil(1e6 * requests / rate)));
}

} // namespace

pace::pace(double limit, double learnt)
    : limit_(limit)
    , rate_(learnt > 0 ? std::clamp(learnt, std::min(slowest, limit), limit) : limit)
    , refused_at_(rate_ < limit ? rate_ / near_refusal : limit / near_refusal) {}

microseconds pace::interval() const {
    return spaced(1, rate_);
}

std::size_t pace::window() const {
    return static_cast<std::size_t>(std::clamp(std::floor(rate_), 1.0, most_in_window));
}

// A window as a whole keeps the rate exactly, so that what a late wake-up lost is made up for.
void pace::sent(steady_time now) {
    sent_.push_back(now);
    const auto most = window();
    while (sent_.size() > most) {
        sent_.pop_front();
    }
    const bool late = ready_at_ < now && ready_at_ >= now - made_up_for;
    ready_at_ = std::max(ready_at_, late ? ready_at_ + interval() : now + interval());
    if (sent_.size() == most) {
        hold_until(sent_.front() + spaced(static_cast<double>(most), rate_));
    }
}

void pace::hold_until(steady_time until) {
    ready_at_ = std::max(ready_at_, until);
}

void pace::throttled(steady_time now, steady_time sent_at,
                     std::optional<std::chrono::milliseconds> retry_after) {
    if (sent_at >= cut_at_) {
        // Only the first of a row of refusals says something about the rate; the others tell of the
        // server's state.
        refused_at_ = answered_since_cut_ ? rate_ : refused_at_;
        rate_ = std::max(rate_ / 2, std::min(slowest, limit_));
        answered_since_cut_ = false;
        cut_at_ = now;
        raised_at_ = now;
        sent_.clear();
    }
    hold_until(now + (retry_after ? microseconds(*retry_after) : interval()));
}

void pace::answered(steady_time now) {
    answered_since_cut_ = true;
    if (!raised_at_) {
        raised_at_ = now;
    }
    if (now - *raised_at_ < raise_every || rate_ >= limit_) {
        return;
    }
    // A pause says nothing about what the server would have borne: it counts as one step.
    raised_at_ = now;
    double step = refused_at_ * raise_slowly;
    if (rate_ < refused_at_ * near_refusal) {
        step = std::min(refused_at_ * raise_quickly, refused_at_ * near_refusal - rate_);
        step = std::max(step, refused_at_ * raise_slowly);
    } else if (rate_ > refused_at_ * beyond_refusal) {
        step = rate_ * raise_quickly;
    }
    rate_ = std::min(limit_, rate_ + step);
}

void pace::budget(steady_time now, std::uint64_t remaining, std::chrono::milliseconds renews_in) {
    if (remaining == 0) {
        hold_until(now + renews_in);
    } else if (renews_in > quota_window && !sent_.empty()) {
        const auto each = microseconds(renews_in) /
                          static_cast<std::int64_t>(std::min<std::uint64_t>(remaining, 1U << 30U));
        hold_until(sent_.back() + each);
    }
}

} // namespace callmirror::plan

// How fast an account may ask. Requests are spaced, never bunched: within any second no more go out
// than the rate allows, and one that was sent late does not slow the next ones down. A 429 halves
// the rate, successes raise it again: quickly while well below what was refused last, slowly around
// it, and quickly once it is clear that the limit lies elsewhere.
// Pure: time is passed in. One pace for each account; not thread-safe.
#pragma once

#include "sync/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace callmirror::plan {

class pace {
public:
    // `limit`: requests per second, the configured upper bound, > 0. `learnt`: where to begin, as
    // rate() was in an earlier life; 0 where there is none.
    pace(double limit, double learnt);

    // When the next request may go: at once where it is not after `now`.
    steady_time ready_at() const { return ready_at_; }

    void sent(steady_time now);

    // No request before this point, whatever the rate.
    void hold_until(steady_time until);

    // A request that was sent at `sent_at` was refused with 429. Refusals of requests sent before
    // the last cut don't cut again. `retry_after` as the server named it.
    void throttled(steady_time now, steady_time sent_at,
                   std::optional<std::chrono::milliseconds> retry_after);

    // An answer other than 429 came.
    void answered(steady_time now);

    // The server says how many requests are left until it renews them, in a quota's long window:
    // they are spread over it. In a short one they are used up, and then it is waited for.
    void budget(steady_time now, std::uint64_t remaining, std::chrono::milliseconds renews_in);

    double rate() const { return rate_; }
    double limit() const { return limit_; }
    std::chrono::microseconds interval() const;

private:
    std::size_t window() const; // requests whose spacing counts as a whole

    double limit_;
    double rate_;
    double refused_at_;              // the rate that was refused last; above the limit: none was
    bool answered_since_cut_ = true; // otherwise a refusal goes on with what the last one began
    std::deque<steady_time> sent_;   // the last ones, window() at most
    steady_time ready_at_ = steady_time::min();
    steady_time cut_at_ = steady_time::min();
    std::optional<steady_time> raised_at_;
};

} // namespace callmirror::plan

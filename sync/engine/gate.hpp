// Every request of an account passes here: it keeps the pace, the number in flight and the order of
// work. One io thread.
#pragma once

#include "sync/engine/tasks.hpp"
#include "sync/fetch/answer.hpp"
#include "sync/plan/pace.hpp"
#include "sync/plan/work_order.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace callmirror::engine {

class gate {
public:
    gate(task_group& group, plan::pace pace, int max_in_flight);

    // Until a request of this kind may be sent; it counts as sent then. False: stopping, or the key
    // is refused.
    awaitable<bool> enter(plan::work kind);
    // Its answer is there: the pace goes by it. `sent_at` is when enter() returned.
    void answered(steady_time sent_at, const fetch::answer& got);
    // Its body, of so many bytes, is decoded. While many wait for that, nothing more is asked for:
    // they take memory.
    void leave(std::size_t bytes);

    // Nothing is sent before this point.
    void hold_until(steady_time until);
    // The last such point; what the API asks for counts, what the pace makes of it does not.
    steady_time quiet_until() const { return quiet_until_; }
    // quiet_until() has moved.
    signal& told_to_wait() { return told_to_wait_; }

    const plan::pace& pace() const { return pace_; }
    int in_flight() const { return in_flight_; }
    std::size_t waiting_bytes() const { return waiting_bytes_; } // of answers not decoded yet
    // How many more requests could be under way at once: those that wait here are counted in.
    int room() const;
    std::uint64_t requests() const { return requests_; }
    std::uint64_t throttled() const { return throttled_; }

private:
    struct waiter {
        plan::work kind;
        bool granted = false;
    };
    int most_in_flight() const { return key_proven_ ? max_in_flight_ : 1; }
    int places() const; // free, for requests
    void pump();

    task_group& group_;
    signal changed_;
    signal told_to_wait_;
    plan::pace pace_;
    plan::work_order order_;
    int max_in_flight_;
    steady_time quiet_until_{0};
    int in_flight_ = 0;
    std::size_t waiting_bytes_ = 0;
    bool key_refused_ = false; // nothing may be sent any more
    bool key_proven_ = false;  // a refused key must cost one request, not one for each worker
    std::uint64_t requests_ = 0;
    std::uint64_t throttled_ = 0;
    std::array<std::deque<waiter*>, plan::kinds_of_work> waiting_;
};

} // namespace callmirror::engine

// What happens in a call centre as time goes on: calls come in, end and are rated; streams begin,
// collect events and expire; media arrive late; some records are deleted. Drives one world.
//
// Everything is a task in a queue ordered by time, so that living a day at once or by the second
// comes to the same.
#pragma once

#include "tests/simulator/resource.hpp"
#include "tests/simulator/world.hpp"

#include <cstdint>
#include <queue>
#include <vector>

namespace callmirror::simulator {

class life {
public:
    // `of` must outlive it.
    explicit life(world& of);

    // Users, teams, buttons and the other small lists, dated before the world's start.
    void found_company();
    void advance(std::int64_t to);
    void hurry(double speed);
    std::int64_t now() const { return now_; }

private:
    enum class task_kind : std::uint8_t {
        hour,
        call,
        partner_call,
        stream,
        call_ends,
        call_rated,
        event,
        media,
        expires,
        vanishes,
        returns,
        staff,
    };
    struct task {
        std::int64_t at;
        std::uint64_t sequence;
        ordinal subject;
        std::uint16_t detail;
        task_kind kind;
        resource of;
        bool operator>(const task& other) const {
            return at != other.at ? at > other.at : sequence > other.sequence;
        }
    };

    void plan(std::int64_t at, task_kind kind, resource of = resource::calls, ordinal subject = 0,
              std::uint16_t detail = 0);
    void carry_out(const task& each);
    void begin_hour(std::int64_t at);
    // Plans the arrivals of [from, to), which lie within one hour, at `share` of a day's rate.
    void plan_arrivals(std::int64_t from, std::int64_t to, double share);
    // A delay in these hurried times.
    std::int64_t soon(double ms) const { return static_cast<std::int64_t>(ms / speed_); }
    void call_comes(resource of, std::int64_t at);
    void stream_begins(std::int64_t at);
    void event_happens(const task& each);
    void plan_media(ordinal event, std::int64_t at);
    void plan_deletion(resource of, ordinal which, std::int64_t at);
    std::uint64_t draw(std::uint64_t purpose, resource of, ordinal which) const;
    bool in_gap(std::int64_t at) const;

    world& world_;
    std::int64_t now_;
    double speed_ = 1;
    std::uint64_t sequence_ = 0;
    std::priority_queue<task, std::vector<task>, std::greater<>> tasks_;
};

} // namespace callmirror::simulator

#include "tests/simulation/simulated_database.hpp"

#include "tests/simulation/frail_store.hpp"

#include <exception>

namespace callmirror::simulation {
struct simulated_database::errand {
    engine::job_ref job;
    parking::place place = 0;
    enum class stage { waiting, sent, done } at = stage::waiting;
    std::optional<schedule::event> next{};
    std::exception_ptr error{};
    bool late = false; // its time came while the process was paused
};

simulated_database::simulated_database(universe& all, memory_store& behind,
                                       const database_weather& weather, parking& waiting,
                                       int threads, std::string who)
    : all_(all)
    , behind_(behind)
    , weather_(weather)
    , waiting_(waiting)
    , threads_(threads)
    , who_(std::move(who)) {}

simulated_database::~simulated_database() {
    for (auto& each : errands_) {
        if (each.next) {
            all_.events.cancel(*each.next);
        }
    }
}

void simulated_database::die() {
    for (auto& each : errands_) {
        if (each.next) {
            all_.events.cancel(*each.next);
            each.next.reset();
        }
        if (each.at == errand::stage::sent && all_.luck.happens(0.5)) {
            carry_out(each);
        }
        each.at = errand::stage::done;
    }
}

engine::awaitable<void> simulated_database::run(engine::job_ref job) {
    auto& it = errands_.emplace_back(errand{.job = job, .place = waiting_.reserve()});
    begin();
    co_await waiting_.wait(it.place);
    auto error = it.error;
    errands_.remove_if([&](const errand& each) { return &each == &it; });
    if (error) {
        std::rethrow_exception(error);
    }
}

void simulated_database::begin() {
    for (auto& each : errands_) {
        if (busy_ >= threads_ || paused_) {
            return;
        }
        if (each.at != errand::stage::waiting) {
            continue;
        }
        ++busy_;
        each.at = errand::stage::sent;
        const auto there = all_.between(weather_.least, weather_.most) / 2;
        each.next = all_.events.plan(all_.events.now() + there, [this, it = &each] {
            it->next.reset();
            if (paused_ && all_.luck.happens(0.5)) {
                it->late = true;
                return;
            }
            carry_out(*it);
        });
    }
}

void simulated_database::carry_out(errand& which) {
    frail_store store(all_, behind_, weather_, who_);
    try {
        which.job(store);
    } catch (...) {
        which.error = std::current_exception();
    }
    which.at = errand::stage::done;
    --busy_;
    const auto back = all_.between(weather_.least, weather_.most) / 2;
    which.next = all_.events.plan(all_.events.now() + back, [this, it = &which] {
        it->next.reset();
        waiting_.resume(it->place);
    });
    begin();
}

void simulated_database::go_on() {
    paused_ = false;
    for (auto& each : errands_) {
        if (each.late) {
            each.late = false;
            carry_out(each);
        }
    }
    begin();
}

} // namespace callmirror::simulation

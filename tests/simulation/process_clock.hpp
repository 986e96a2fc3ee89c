// A simulated process's clocks: the steady one is the simulation's own time, the wall clock is off
// by something that may step.
#pragma once

#include "tests/simulation/parking.hpp"
#include "tests/simulation/schedule.hpp"
#include "tests/simulator/chance.hpp"

namespace callmirror::simulation {

class process_clock final : public engine::clock {
public:
    process_clock(schedule& events, parking& waiting, utc_time began, std::uint64_t seed)
        : events_(events)
        , waiting_(waiting)
        , began_(began)
        , luck_(seed) {}

    steady_time now() const override { return events_.now(); }
    utc_time utc() const override {
        return began_ + std::chrono::floor<std::chrono::milliseconds>(events_.now()) + off_;
    }
    std::unique_ptr<engine::alarm> make_alarm() override;
    std::uint32_t chance() override { return static_cast<std::uint32_t>(luck_.next() >> 32U); }

    void set_off(std::chrono::milliseconds off) { off_ = off; }
    std::chrono::milliseconds off() const { return off_; }

private:
    schedule& events_;
    parking& waiting_;
    utc_time began_;
    std::chrono::milliseconds off_{0};
    simulator::chance luck_;
};

} // namespace callmirror::simulation

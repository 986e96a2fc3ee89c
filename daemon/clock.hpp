// Time and chance as they are: Asio's timers, the machine's clocks, a generator seeded at random.
// One io thread owns it; it must outlive its alarms.
#pragma once

#include "sync/engine/ports.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <random>

namespace callmirror::daemon {

class asio_clock final : public engine::clock {
public:
    asio_clock(boost::asio::any_io_executor executor, std::uint32_t seed)
        : executor_(std::move(executor))
        , chance_(seed) {}

    steady_time now() const override;
    utc_time utc() const override;
    std::unique_ptr<engine::alarm> make_alarm() override;
    std::uint32_t chance() override { return static_cast<std::uint32_t>(chance_()); }

private:
    boost::asio::any_io_executor executor_;
    std::mt19937 chance_;
};

// The clocks themselves, for what needs no alarm.
steady_time steady_now();
utc_time utc_now();

} // namespace callmirror::daemon

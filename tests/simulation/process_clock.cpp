#include "tests/simulation/process_clock.hpp"

namespace callmirror::simulation {
namespace {

class simulated_alarm final : public engine::alarm {
public:
    simulated_alarm(schedule& events, parking& waiting)
        : events_(events)
        , waiting_(waiting)
        , place_(waiting.reserve()) {}
    ~simulated_alarm() override { forget(); }
    simulated_alarm(const simulated_alarm&) = delete;
    simulated_alarm& operator=(const simulated_alarm&) = delete;

    engine::awaitable<void> wait_until(steady_time at) override {
        if (at != steady_time::max()) {
            set_ = events_.plan(at, [this] {
                set_.reset();
                waiting_.resume(place_);
            });
        }
        co_await waiting_.wait(place_);
        forget();
    }
    void wake() override { waiting_.resume(place_); }

private:
    void forget() {
        if (set_) {
            events_.cancel(*set_);
            set_.reset();
        }
    }

    schedule& events_;
    parking& waiting_;
    parking::place place_;
    std::optional<schedule::event> set_;
};

} // namespace

std::unique_ptr<engine::alarm> process_clock::make_alarm() {
    return std::make_unique<simulated_alarm>(events_, waiting_);
}

} // namespace callmirror::simulation

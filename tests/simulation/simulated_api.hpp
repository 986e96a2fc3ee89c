// The simulated API as a process sees it through its connection: answers come late, broken or not
// at all, and everything that a client promises is checked.
#pragma once

#include "tests/simulation/parking.hpp"
#include "tests/simulation/universe.hpp"

#include <deque>
#include <functional>

namespace callmirror::simulation {

// What all requests of the account, of whatever process, have to keep to.
class request_judge {
public:
    request_judge(universe& all, double requests_per_second)
        : all_(all)
        , limit_(requests_per_second) {}

    void sent(const std::string& who, const std::string& target, bool just_woken);
    void undocumented(const std::string& target);
    std::uint64_t total() const { return total_; }

private:
    universe& all_;
    double limit_;
    std::uint64_t total_ = 0;
    std::deque<steady_time> lately_;
};

struct api_options {
    std::chrono::milliseconds request_timeout{30'000};
    std::chrono::milliseconds latency_least{5};
    std::chrono::milliseconds latency_most{80};
};

// One process's way to the API. Belongs to it, and ends with it.
class simulated_api final : public engine::source {
public:
    simulated_api(universe& all, simulator::service& behind, request_judge& judge, parking& waiting,
                  api_options options, std::string who);
    ~simulated_api() override;
    simulated_api(const simulated_api&) = delete;
    simulated_api& operator=(const simulated_api&) = delete;

    engine::awaitable<fetch::answer> get(const std::string& target) override;

    // The process just went on after a pause: what it had decided before is sent at once.
    void woken() { woken_at_ = all_.events.now(); }

private:
    struct exchange;
    fetch::answer arrived(const std::string& target, std::chrono::microseconds& takes);

    universe& all_;
    simulator::service& behind_;
    request_judge& judge_;
    parking& waiting_;
    api_options options_;
    std::string who_;
    std::optional<steady_time> woken_at_;
    bool refused_ = false; // it has been told 401
    std::vector<std::shared_ptr<exchange>> under_way_;
};

} // namespace callmirror::simulation

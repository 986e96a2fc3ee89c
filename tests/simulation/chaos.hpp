// Everything that happens to an account beside its engines: the source changes, processes die, the
// database goes away, clocks step. Plans itself on the schedule until it is ended.
#pragma once

#include "tests/simulation/crowd.hpp"

#include <functional>

namespace callmirror::simulation {

class chaos {
public:
    chaos(universe& all, const scenario& of, simulator::service& source, crowd& processes,
          database_weather& weather);

    void begin();
    // Faults end; the source goes on as it does by itself.
    void end();

private:
    // `what` happens again and again, on the average so often; never where `mean` is 0.
    void often(std::chrono::milliseconds mean, std::function<void()> what);

    struct record_choice {
        simulator::resource of;
        std::int64_t id;
        simulator::ordinal which;
    };
    std::optional<record_choice> any_record();
    simulator::resource any_list();
    std::size_t any_company();

    void add();
    void change();
    void remove();
    void bring_back();
    void move();
    void share();
    void import();
    void purge();
    void kill();
    void pause();
    void database_goes();
    void clock_steps();
    void renew_key();

    universe& all_;
    const scenario& of_;
    simulator::service& source_;
    simulator::world& world_;
    crowd& processes_;
    database_weather& weather_;
    bool ended_ = false;
    std::vector<record_choice> removed_;
};

} // namespace callmirror::simulation

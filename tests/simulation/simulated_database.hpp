// One process's connections to the database: jobs wait, run at some time, and are heard of later,
// or never. Belongs to a process, and ends with it.
#pragma once

#include "tests/simulation/frail_store.hpp"
#include "tests/simulation/parking.hpp"

#include <deque>
#include <list>

namespace callmirror::simulation {

class simulated_database final : public engine::database {
public:
    // `threads`: jobs of this process that may be under way at once.
    simulated_database(universe& all, memory_store& behind, const database_weather& weather,
                       parking& waiting, int threads, std::string who);
    ~simulated_database() override;
    simulated_database(const simulated_database&) = delete;
    simulated_database& operator=(const simulated_database&) = delete;

    engine::awaitable<void> run(engine::job_ref job) override;
    engine::awaitable<void> run_first(engine::job_ref job) override { return run(job); }

    // The process dies: what it had sent is carried out all the same, or not. Before its coroutines
    // are destroyed, as jobs refer to them.
    void die();

    // A paused process sends nothing; what it had sent may still be carried out.
    void pause() { paused_ = true; }
    void go_on();

private:
    struct errand;
    void begin();
    void carry_out(errand& which);

    universe& all_;
    memory_store& behind_;
    const database_weather& weather_;
    parking& waiting_;
    int threads_;
    std::string who_;
    int busy_ = 0;
    bool paused_ = false;
    std::list<errand> errands_;
};

} // namespace callmirror::simulation

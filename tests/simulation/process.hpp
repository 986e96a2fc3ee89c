// One simulated process: an engine with its own clock and its own ways to API and database. It can
// be paused and killed between any two handlers, as a process can between any two instructions that
// somebody else could notice.
#pragma once

#include "sync/engine/account.hpp"
#include "tests/simulation/process_clock.hpp"
#include "tests/simulation/simulated_api.hpp"
#include "tests/simulation/simulated_database.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>

namespace callmirror::simulation {

struct surroundings {
    universe& all;
    simulator::service& api;
    request_judge& judge;
    memory_store& store;
    const database_weather& weather;
};

struct process_options {
    std::string name;
    engine::account_options account;
    api_options api;
    int database_threads = 1;
    std::uint64_t seed = 0;
    std::chrono::milliseconds clock_off{0};
};

// One thread is all there is.
class no_thread final : public engine::worker {
public:
    engine::awaitable<void> run(engine::work_ref work) override {
        work();
        co_return;
    }
};

class process {
public:
    process(const surroundings& around, process_options options);
    // Kills it where it has not ended.
    ~process();
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    // Runs one handler that is ready. False where there is none, or the process is paused.
    bool run_one();

    void pause();
    void go_on();
    bool is_paused() const { return paused_; }
    void stop() { engine_.stop(); }

    std::optional<engine::account_end> ended() const { return ended_; }
    const std::string& why() const { return engine_.why(); }
    process_clock& clock() { return clock_; }
    const std::string& name() const { return options_.name; }
    const engine::account_view& view() const { return engine_.view(); }

private:
    void kill();

    universe& all_;
    process_options options_;
    parking waiting_;
    process_clock clock_;
    simulated_api api_;
    simulated_database database_;
    no_thread decoding_;
    std::unique_ptr<boost::asio::io_context> context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    engine::account_engine engine_;
    std::optional<engine::account_end> ended_;
    bool paused_ = false;
};

} // namespace callmirror::simulation

#include "daemon/clock.hpp"
#include "sync/engine/gate.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace callmirror::engine {
namespace {

constexpr double requests_per_second = 1e6; // no pace worth waiting for
constexpr int places = 4;

class Gate : public ::testing::Test {
protected:
    boost::asio::io_context io;
    daemon::asio_clock clock{io.get_executor(), 1};
    task_group tasks{io.get_executor(), clock};
    gate requests{tasks, plan::pace(requests_per_second, 0), places};
    int sent = 0;

    void SetUp() override {
        ask(1); // one goes first, to prove the key
        EXPECT_EQ(sent, 1);
        answer(200, 0);
        requests.leave(0);
    }
    void TearDown() override {
        tasks.stop();
        io.restart();
        io.run();
    }
    void ask(int times) {
        for (int i = 0; i < times; ++i) {
            tasks.spawn("request", enter());
        }
        settle();
    }
    awaitable<void> enter() { sent += co_await requests.enter(plan::work::backfill) ? 1 : 0; }
    void answer(int status, std::size_t bytes) {
        fetch::answer got;
        got.status = status;
        got.body.resize(bytes);
        requests.answered(clock.now(), got);
    }
    // Until each coroutine waits for something that only the test does. The pace's waits are a
    // few microseconds.
    void settle() {
        for (int i = 0; i < 100; ++i) {
            io.restart();
            io.run_for(std::chrono::microseconds(100));
        }
    }
};

TEST_F(Gate, KeepsTheNumberInFlight) {
    ask(places + 3);
    EXPECT_EQ(sent, 1 + places);
    EXPECT_EQ(requests.in_flight(), places);
    EXPECT_EQ(requests.room(), 0);
    answer(200, 0);
    answer(200, 0);
    settle();
    EXPECT_EQ(sent, 3 + places);
}

TEST_F(Gate, AsksForNothingMoreWhileMuchWaitsToBeDecoded) {
    constexpr std::size_t much = std::size_t{64} << 20U;
    ask(2);
    answer(200, much);
    ask(1);
    EXPECT_EQ(sent, 3); // the two, and not the third
    EXPECT_EQ(requests.room(), 0);
    answer(200, 1);
    settle();
    EXPECT_EQ(sent, 3); // a free place is not all it takes
    requests.leave(much);
    settle();
    EXPECT_EQ(sent, 4);
}

TEST_F(Gate, SendsNothingAfterAKeyIsRefused) {
    ask(1);
    answer(401, 0);
    requests.leave(0);
    ask(2);
    EXPECT_EQ(sent, 2);
}

} // namespace
} // namespace callmirror::engine

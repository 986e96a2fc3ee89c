#include "daemon/clock.hpp"
#include "daemon/decode_thread.hpp"
#include "daemon/run_to_end.hpp"
#include "sync/engine/tasks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

TEST(DecodeThread, WorksElsewhereOneAfterTheOtherAndResumesOnTheIoThread) {
    boost::asio::io_context io;
    asio_clock clock(io.get_executor(), 1);
    engine::task_group tasks(io.get_executor(), clock);
    decode_thread decoding(io.get_executor());
    const auto here = std::this_thread::get_id();
    std::set<std::thread::id> ran_on; // unguarded: one thread, and the io thread after it
    std::vector<int> order;
    bool resumed_here = true;
    const auto one = [&](int number) -> engine::awaitable<void> {
        auto work = [&] {
            ran_on.insert(std::this_thread::get_id());
            order.push_back(number);
        };
        co_await decoding.run(work);
        resumed_here = resumed_here && std::this_thread::get_id() == here;
    };
    const auto all = [&]() -> engine::awaitable<exit_status> {
        for (int i = 0; i < 4; ++i) {
            tasks.spawn("work", one(i));
        }
        co_await tasks.join();
        co_return exit_status::done;
    };
    run_to_end(io, all());
    EXPECT_EQ(ran_on.size(), 1U);
    EXPECT_FALSE(ran_on.contains(here));
    EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
    EXPECT_TRUE(resumed_here);
}

TEST(DecodeThread, CarriesExceptionsBack) {
    boost::asio::io_context io;
    decode_thread decoding(io.get_executor());
    std::string caught;
    const auto all = [&]() -> engine::awaitable<exit_status> {
        auto work = [] { throw std::length_error("too much"); };
        try {
            co_await decoding.run(work);
        } catch (const std::length_error& error) {
            caught = error.what();
        }
        auto fine = [&] { caught += ", and goes on"; };
        co_await decoding.run(fine);
        co_return exit_status::done;
    };
    run_to_end(io, all());
    EXPECT_EQ(caught, "too much, and goes on");
}

// A program that ends at once: what has begun is finished, what has not never runs.
TEST(DecodeThread, MayGoWhileWorkWaits) {
    boost::asio::io_context io;
    std::latch begun(1);
    std::atomic<int> finished = 0;
    {
        decode_thread decoding(io.get_executor());
        auto first = [&] {
            begun.count_down();
            std::this_thread::sleep_for(20ms);
            ++finished;
        };
        auto second = [&] { ++finished; };
        for (auto work : {engine::work_ref(first), engine::work_ref(second)}) {
            boost::asio::co_spawn(io, decoding.run(work), boost::asio::detached);
        }
        io.poll();
        begun.wait();
    }
    EXPECT_EQ(finished, 1);
}

} // namespace
} // namespace callmirror::daemon

#include "daemon/clock.hpp"
#include "daemon/database_lanes.hpp"
#include "daemon/on_thread.hpp"
#include "daemon/run_to_end.hpp"
#include "sync/engine/tasks.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

// Jobs here ask nothing of the store.
class no_store final : public write::store {
public:
    write::lease_answer acquire(const std::string&, const std::string&,
                                std::chrono::milliseconds) override {
        return {};
    }
    bool renew(const write::lease&, std::chrono::milliseconds) override { return false; }
    void keep_quiet(const write::lease&, std::chrono::milliseconds) override {}
    void release(const write::lease&, std::chrono::milliseconds) noexcept override {}
    write::account_state load(const write::lease&) override { return {}; }
    std::vector<write::digest_piece> load_digest(const write::lease&, write::slice_id) override {
        return {};
    }
    std::vector<write::suspect_row> suspects_named(const write::lease&, const std::string&,
                                                   const std::vector<std::string>&) override {
        return {};
    }
    std::vector<write::suspect_row> suspects_held(const write::lease&, const std::string&,
                                                  const std::string&) override {
        return {};
    }
    std::vector<std::string> unlike(const write::lease&, const std::string&,
                                    const providers::resource&,
                                    const std::vector<write::key_and_hash>&) override {
        return {};
    }
    std::vector<write::suspect_to_ask> suspects_to_ask(const write::lease&, const std::string&,
                                                       const providers::resource&,
                                                       const std::string&, utc_time, int) override {
        return {};
    }
    std::vector<write::suspect_row> suspects_of(const write::lease&, write::slice_id) override {
        return {};
    }
    std::vector<std::string> keys_of(const write::lease&, const std::string&,
                                     const providers::key_source&) override {
        return {};
    }
    std::map<std::string, std::uint64_t> count_rejected(const write::lease&) override { return {}; }
    std::vector<write::order_row> open_orders(const write::lease&) override { return {}; }
    write::settled_columns settle_columns(const write::lease&, const std::string&,
                                          const std::vector<write::own_column_row>&) override {
        return {};
    }
    write::fill_outcome fill_columns(const write::lease&, const std::string&,
                                     const providers::resource&, write::unfilled_columns&,
                                     const write::raw_reader&, int) override {
        return {};
    }
    write::commit_outcome commit(const write::commit_unit&) override { return {}; }
};

std::unique_ptr<write::store> make_store() {
    return std::make_unique<no_store>();
}

TEST(DatabaseLanes, RunJobsElsewhereAndResumeOnTheIoThread) {
    boost::asio::io_context io;
    database_lanes lanes(io.get_executor(), 2, make_store);
    const auto here = std::this_thread::get_id();
    std::thread::id ran_on;
    std::thread::id resumed_on;
    const auto work = [&]() -> engine::awaitable<exit_status> {
        auto job = [&](write::store&) { ran_on = std::this_thread::get_id(); };
        co_await lanes.run(job);
        resumed_on = std::this_thread::get_id();
        co_return exit_status::done;
    };
    run_to_end(io, work());
    EXPECT_NE(ran_on, here);
    EXPECT_NE(ran_on, std::thread::id());
    EXPECT_EQ(resumed_on, here);
}

TEST(DatabaseLanes, CarryExceptionsBack) {
    boost::asio::io_context io;
    database_lanes lanes(io.get_executor(), 1, make_store);
    std::string caught;
    const auto work = [&]() -> engine::awaitable<exit_status> {
        auto job = [](write::store&) { throw write::lease_lost("taken over"); };
        try {
            co_await lanes.run(job);
        } catch (const write::lease_lost& error) {
            caught = error.what();
        }
        auto fine = [&](write::store&) { caught += ", and goes on"; };
        co_await lanes.run(fine);
        co_return exit_status::done;
    };
    run_to_end(io, work());
    EXPECT_EQ(caught, "taken over, and goes on");
}

TEST(DatabaseLanes, ConnectTheFirstAtOnce) {
    boost::asio::io_context io;
    std::promise<void> made;
    const database_lanes lanes(io.get_executor(), 3, [&made] {
        made.set_value(); // a second time it would throw
        return make_store();
    });
    EXPECT_EQ(made.get_future().wait_for(10s), std::future_status::ready);
}

TEST(DatabaseLanes, TryToMakeAStoreAgainWithTheNextJob) {
    boost::asio::io_context io;
    int made = 0;
    database_lanes lanes(io.get_executor(), 1, [&made]() -> std::unique_ptr<write::store> {
        if (++made <= 2) { // before there is a job, and for the first
            throw write::database_refused("no such user");
        }
        return make_store();
    });
    int refused = 0;
    int ran = 0;
    const auto work = [&]() -> engine::awaitable<exit_status> {
        for (int i = 0; i < 3; ++i) {
            auto job = [&](write::store&) { ++ran; };
            try {
                co_await lanes.run(job);
            } catch (const write::database_refused&) {
                ++refused;
            }
        }
        co_return exit_status::done;
    };
    run_to_end(io, work());
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(ran, 2);
    EXPECT_EQ(made, 3);
}

TEST(DatabaseLanes, RunAsManyJobsAtOnceAsThereAreLanes) {
    boost::asio::io_context io;
    asio_clock clock(io.get_executor(), 1);
    engine::task_group tasks(io.get_executor(), clock);
    database_lanes lanes(io.get_executor(), 3, make_store);
    std::latch all_there(3); // a lane that waited for another would wait for ever
    const auto one = [&]() -> engine::awaitable<void> {
        auto job = [&](write::store&) { all_there.arrive_and_wait(); };
        co_await lanes.run(job);
    };
    const auto work = [&]() -> engine::awaitable<exit_status> {
        for (int i = 0; i < 3; ++i) {
            tasks.spawn("job", one());
        }
        co_await tasks.join();
        co_return exit_status::done;
    };
    EXPECT_EQ(run_to_end(io, work()), exit_status::done);
}

TEST(DatabaseLanes, KeepToTheFirstWhileOneIsEnough) {
    boost::asio::io_context io;
    int made = 0;
    database_lanes lanes(io.get_executor(), 3, [&made] {
        ++made;
        return make_store();
    });
    const auto work = [&]() -> engine::awaitable<exit_status> {
        auto job = [](write::store&) {};
        for (int i = 0; i < 100; ++i) {
            co_await lanes.run(job);
        }
        co_return exit_status::done;
    };
    EXPECT_EQ(run_to_end(io, work()), exit_status::done);
    EXPECT_EQ(made, 1);
}

TEST(DatabaseLanes, RunFirstWhatCannotWait) {
    boost::asio::io_context io;
    asio_clock clock(io.get_executor(), 1);
    engine::task_group tasks(io.get_executor(), clock);
    database_lanes lanes(io.get_executor(), 1, make_store);
    std::latch begun(1);
    std::latch may_end(1);
    std::string ran;
    const auto one = [&](char name, bool first) -> engine::awaitable<void> {
        auto job = [&, name](write::store&) {
            if (name == 'a') {
                begun.count_down();
                may_end.wait();
            }
            ran += name;
        };
        auto running = first ? lanes.run_first(job) : lanes.run(job);
        co_await std::move(running);
    };
    const auto work = [&]() -> engine::awaitable<exit_status> {
        tasks.spawn("job", one('a', false));
        while (!begun.try_wait()) {
            co_await tasks.sleep_until(clock.now() + 1ms);
        }
        for (const char name : {'b', 'c', 'R', 'S'}) {
            tasks.spawn("job", one(name, name >= 'A' && name <= 'Z'));
        }
        while (lanes.queued() < 4) {
            co_await tasks.sleep_until(clock.now() + 1ms);
        }
        may_end.count_down();
        co_await tasks.join();
        co_return exit_status::done;
    };
    EXPECT_EQ(run_to_end(io, work()), exit_status::done);
    EXPECT_EQ(ran, "aRSbc");
}

TEST(DatabaseLanes, FinishWhatHasBegunAndDropTheRestWhenTheyStop) {
    boost::asio::io_context io;
    asio_clock clock(io.get_executor(), 1);
    engine::task_group tasks(io.get_executor(), clock);
    database_lanes lanes(io.get_executor(), 1, make_store);
    std::latch begun(1);
    std::latch may_end(1);
    int finished = 0;
    int lost = 0;
    const auto one = [&](bool first) -> engine::awaitable<void> {
        auto job = [&, first](write::store&) {
            if (first) {
                begun.count_down();
                may_end.wait();
            }
            ++finished;
        };
        try {
            co_await lanes.run(job);
        } catch (const write::database_lost&) {
            ++lost;
        }
    };
    const auto stop = [&]() -> engine::awaitable<void> {
        begun.wait();
        may_end.count_down();
        lanes.stop();
        co_return;
    };
    const auto work = [&]() -> engine::awaitable<exit_status> {
        tasks.spawn("first", one(true));
        tasks.spawn("second", one(false));
        tasks.spawn("stop", stop());
        co_await tasks.join();
        auto late = [&](write::store&) { ++finished; };
        try {
            co_await lanes.run(late);
        } catch (const write::database_lost&) {
            ++lost;
        }
        co_return exit_status::done;
    };
    run_to_end(io, work());
    EXPECT_GE(finished, 1);
    EXPECT_EQ(finished + lost, 3); // the second one may have begun by then
    EXPECT_GE(lost, 1);
}

TEST(DatabaseLanes, MayBeDestroyedWhileACoroutineStillWaits) {
    boost::asio::io_context io; // outlives the lanes, and destroys the coroutine after them
    asio_clock clock(io.get_executor(), 1);
    engine::task_group tasks(io.get_executor(), clock);
    database_lanes lanes(io.get_executor(), 1, make_store);
    const auto one = [&]() -> engine::awaitable<void> {
        auto job = [](write::store&) {};
        co_await lanes.run(job);
    };
    tasks.spawn("abandoned", one());
    io.run_one();
}

TEST(OnThread, ResumesWithTheResultOrTheException) {
    boost::asio::io_context io;
    const boost::asio::any_io_executor executor = io.get_executor();
    std::thread::id ran_on;
    std::string caught;
    const auto work = [&]() -> engine::awaitable<exit_status> {
        const std::function<void()> good = [&] { ran_on = std::this_thread::get_id(); };
        co_await on_thread(executor, good);
        const std::function<void()> bad = [] { throw std::runtime_error("no"); };
        try {
            co_await on_thread(executor, bad);
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        co_return exit_status::done;
    };
    run_to_end(io, work());
    EXPECT_NE(ran_on, std::this_thread::get_id());
    EXPECT_EQ(caught, "no");
}

TEST(Clock, WakesAnAlarmThatWouldRingInAHundredYears) {
    boost::asio::io_context io;
    asio_clock clock(io.get_executor(), 1);
    engine::task_group tasks(io.get_executor(), clock);
    const auto far = clock.make_alarm();
    const auto past = clock.make_alarm();
    const auto waker = [&]() -> engine::awaitable<void> {
        co_await past->wait_until(steady_time::min()); // at once
        far->wake();
    };
    const auto work = [&]() -> engine::awaitable<exit_status> {
        tasks.spawn("waker", waker());
        co_await far->wait_until(steady_time::max());
        co_await tasks.join();
        co_return exit_status::done;
    };
    EXPECT_EQ(run_to_end(io, work()), exit_status::done);
}

TEST(Clock, DoesNotRememberAWakeThatNobodyWaitedFor) {
    boost::asio::io_context io;
    asio_clock clock(io.get_executor(), 1);
    const auto alarm = clock.make_alarm();
    alarm->wake();
    const auto begun = clock.now();
    const auto work = [&]() -> engine::awaitable<exit_status> {
        co_await alarm->wait_until(begun + 20ms);
        co_return exit_status::done;
    };
    run_to_end(io, work());
    EXPECT_GE(clock.now() - begun, 20ms);
}

} // namespace
} // namespace callmirror::daemon

#include "sync/plan/digest.hpp"
#include "sync/plan/pace.hpp"
#include "sync/plan/work_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <iostream>
#include <random>

namespace callmirror::plan {
namespace {

using namespace std::chrono_literals;

// ---- pace

// A server that allows so many requests a second, as a bucket of tokens, and a client that sends
// as its pace says; its wake-ups are late, its answers take time.
struct throttling_model {
    double allowed = 0; // 0: all
    double burst = 5;
    std::optional<std::chrono::milliseconds> retry_after{};
    steady_time latency = 50ms;
    steady_time late = 1ms; // at most

    std::uint64_t sent = 0, refused = 0;
    std::vector<steady_time> sends{};

    void run(pace& pace, steady_time& now, steady_time until, bool keep_sends = false) {
        std::mt19937 random(1);
        struct answer {
            steady_time due, sent;
            bool good;
        };
        std::deque<answer> in_flight;
        double tokens = burst;
        auto filled = now;
        while (now < until) {
            const auto ready = std::max(now, pace.ready_at());
            if (!in_flight.empty() && in_flight.front().due <= ready) {
                const auto got = in_flight.front();
                in_flight.pop_front();
                now = std::max(now, got.due);
                if (got.good) {
                    pace.answered(now);
                } else {
                    pace.throttled(now, got.sent, retry_after);
                }
                continue;
            }
            const bool woken = ready > now; // by a timer; otherwise it was awake
            now = ready;
            if (woken && late > 0us) {
                now += steady_time(random() % static_cast<unsigned>(late.count()));
            }
            tokens = std::min(burst, tokens + std::chrono::duration<double>(now - filled).count() *
                                                  allowed);
            filled = now;
            const bool good = allowed <= 0 || tokens >= 1;
            tokens -= good ? 1 : 0;
            ++sent;
            refused += good ? 0 : 1;
            if (keep_sends) {
                sends.push_back(now);
            }
            in_flight.push_back({now + latency, now, good});
            pace.sent(now);
        }
    }
};

TEST(Pace, KeepsItsRateWithinEverySecond) {
    for (const double limit : {0.2, 1.0, 2.0, 5.0, 7.0, 20.0, 100.0, 250.0}) {
        for (const steady_time late : {0ms, 1ms, 20ms}) {
            throttling_model model{.latency = 30ms, .late = late};
            pace pace(limit, 0);
            steady_time now = 0s;
            model.run(pace, now, 1h, true);
            EXPECT_GE(static_cast<double>(model.sent), 0.97 * limit * 3600) << limit;
            EXPECT_LE(static_cast<double>(model.sent), limit * 3600 + 1) << limit;
            const auto most = static_cast<std::size_t>(std::max(limit, 1.0));
            for (std::size_t i = 0; i + most < model.sends.size(); ++i) {
                ASSERT_GE(model.sends[i + most] - model.sends[i], 1s) << limit << " at " << i;
            }
        }
    }
}

TEST(Pace, UsesAServersLimitWhereTheBoundIsTheSame) {
    for (const double limit : {0.5, 5.0, 50.0}) {
        throttling_model model{.allowed = limit, .burst = 1.5};
        pace pace(limit, 0);
        steady_time now = 0s;
        model.run(pace, now, 1h);
        EXPECT_EQ(model.refused, 0U) << limit;
        EXPECT_GE(static_cast<double>(model.sent), 0.97 * limit * 3600);
    }
}

TEST(Pace, LearnsALimitThatNobodyNamed) {
    for (const double allowed : {0.3, 1.0, 4.0, 12.0, 60.0}) {
        for (const double limit : {allowed * 1.5, 100.0}) {
            for (const std::optional<std::chrono::milliseconds> after :
                 {std::optional<std::chrono::milliseconds>(), std::optional(2'000ms)}) {
                throttling_model model{.allowed = allowed, .retry_after = after};
                pace pace(limit, 0);
                steady_time now = 0s;
                model.run(pace, now, 1h);
                const auto learning = model.refused;
                model.sent = model.refused = 0;
                model.run(pace, now, 9h);
                const auto served = static_cast<double>(model.sent - model.refused);
                const auto share = served / (allowed * 8 * 3600);
                const auto refused =
                    static_cast<double>(model.refused) / static_cast<double>(model.sent);
                std::cout << "allowed " << allowed << ", bound " << limit
                          << (after ? ", Retry-After 2 s" : "") << ": uses " << share
                          << " of it, refused " << refused << "; " << learning
                          << " refused in the first hour\n";
                EXPECT_GE(share, 0.90);
                EXPECT_LT(refused, 0.01);
                EXPECT_LE(learning, 80U);
            }
        }
    }
}

TEST(Pace, HalvesOnceForABurstOfRefusals) {
    pace pace(8, 0);
    for (int i = 0; i < 4; ++i) {
        pace.sent(1s * i);
    }
    for (int i = 0; i < 4; ++i) {
        pace.throttled(10s + 1ms * i, 1s * i, std::nullopt);
    }
    EXPECT_EQ(pace.rate(), 4);
    pace.throttled(20s, 10s, std::nullopt); // sent after the cut
    EXPECT_EQ(pace.rate(), 2);
}

TEST(Pace, NeverFallsBelowOneRequestAMinute) {
    pace pace(5, 0);
    for (int i = 0; i < 50; ++i) {
        pace.throttled(1h * i, 1h * i, std::nullopt);
    }
    EXPECT_NEAR(pace.rate(), 1.0 / 60, 1e-9);
    EXPECT_LE(pace.ready_at(), 49h + 61s);
}

TEST(Pace, RecoversWithinMinutesFromAStormOfRefusals) {
    throttling_model storm{.allowed = 1e-9, .burst = 0};
    pace pace(5, 0);
    steady_time now = 0s;
    storm.run(pace, now, 60s);
    EXPECT_LT(pace.rate(), 0.5);
    throttling_model calm;
    calm.run(pace, now, now + 3min);
    EXPECT_GT(pace.rate(), 4);
    calm.run(pace, now, now + 15min);
    EXPECT_EQ(pace.rate(), 5);
}

TEST(Pace, ObeysRetryAfter) {
    pace pace(5, 0);
    pace.sent(0s);
    pace.throttled(100ms, 0s, 30'000ms);
    EXPECT_GE(pace.ready_at(), 30'100ms);
    pace.hold_until(1s);
    EXPECT_GE(pace.ready_at(), 30'100ms) << "a shorter wait takes nothing back";
}

TEST(Pace, RisesByStepsNotByAnswers) {
    pace pace(100, 0);
    pace.throttled(1s, 0s, std::nullopt);
    for (int i = 0; i < 1'000; ++i) {
        pace.answered(1s + 1us * i);
    }
    EXPECT_EQ(pace.rate(), 50);
    pace.answered(1h);
    EXPECT_LT(pace.rate(), 56) << "an hour's pause is one step";
    EXPECT_GT(pace.rate(), 50);
}

TEST(Pace, BeginsWhereItLeftOff) {
    EXPECT_EQ(pace(5, 2).rate(), 2);
    EXPECT_EQ(pace(5, 50).rate(), 5);
    EXPECT_EQ(pace(5, 0).rate(), 5);
    EXPECT_EQ(pace(5, -1).rate(), 5);
    EXPECT_GT(pace(5, 1e-12).rate(), 0.01);
    EXPECT_EQ(pace(0.001, 0).rate(), 0.001);
    EXPECT_EQ(pace(5, 0).ready_at(), steady_time::min());
}

TEST(Pace, SpreadsAQuotaOverItsWindow) {
    pace pace(5, 0);
    pace.sent(0s);
    pace.budget(1s, 100, 1h);
    EXPECT_EQ(pace.ready_at(), 36s);
    class pace bucket(5, 0);
    bucket.sent(0s);
    bucket.budget(100ms, 4, 1s);
    EXPECT_EQ(bucket.ready_at(), 200ms) << "a bucket that fills at once is no quota";
    bucket.budget(100ms, 0, 3s);
    EXPECT_EQ(bucket.ready_at(), 3'100ms);
}

// ---- the order of work

TEST(WorkOrder, GoesByRank) {
    work_order order;
    EXPECT_EQ(order.next({false, false, false, false}), std::nullopt);
    EXPECT_EQ(order.next({true, true, true, true}), work::head);
    EXPECT_EQ(order.next({false, true, true, true}), work::suspect);
    EXPECT_EQ(order.next({false, false, true, true}), work::backfill);
    EXPECT_EQ(order.next({false, false, false, true}), work::due);
}

TEST(WorkOrder, StarvesNone) {
    for (unsigned waiting = 1; waiting < 16; ++waiting) {
        work_order order;
        std::array<bool, kinds_of_work> want{};
        std::array<int, kinds_of_work> got{};
        std::array<int, kinds_of_work> gap{};
        for (std::size_t kind = 0; kind < kinds_of_work; ++kind) {
            want[kind] = (waiting >> kind & 1U) != 0;
        }
        for (int i = 0; i < 1'700; ++i) {
            const auto next = order.next(want);
            ASSERT_TRUE(next && want[static_cast<std::size_t>(*next)]);
            for (std::size_t kind = 0; kind < kinds_of_work; ++kind) {
                gap[kind] = kind == static_cast<std::size_t>(*next) ? 0 : gap[kind] + 1;
                EXPECT_LE(want[kind] ? gap[kind] : 0, work_order::floor_every + 3);
            }
            ++got[static_cast<std::size_t>(*next)];
        }
        const auto first = static_cast<std::size_t>(std::ranges::find(want, true) - want.begin());
        for (std::size_t kind = 0; kind < kinds_of_work; ++kind) {
            EXPECT_GE(got[kind], !want[kind] ? 0 : kind == first ? 1'300 : 80);
        }
    }
}

TEST(WorkOrder, ForgetsTheDebtOfAKindThatStoppedWaiting) {
    work_order order;
    for (std::uint32_t i = 0; i < work_order::floor_every; ++i) {
        EXPECT_EQ(order.next({true, false, false, true}), work::head);
    }
    EXPECT_EQ(order.next({true, false, false, false}), work::head);
    EXPECT_EQ(order.next({true, false, false, true}), work::head);
}

// ---- digests

TEST(Digest, KeepsWhatWasPut) {
    digest keys;
    EXPECT_EQ(keys.find("a"), std::nullopt);
    EXPECT_TRUE(keys.put("a", 1));
    EXPECT_TRUE(keys.put("", 2));
    EXPECT_TRUE(keys.put(std::string_view("a\0b", 3), 3));
    EXPECT_FALSE(keys.put("a", 4));
    EXPECT_EQ(keys.find("a"), 4U);
    EXPECT_EQ(keys.find(""), 2U);
    EXPECT_EQ(keys.find(std::string_view("a\0b", 3)), 3U);
    EXPECT_EQ(keys.find("b"), std::nullopt);
    EXPECT_EQ(keys.size(), 3U);
}

TEST(Digest, FindsAKeyThatIsTooLongWhereItPutIt) {
    digest keys;
    const std::string key(100'000, 'k');
    EXPECT_TRUE(keys.put(key, 1));
    EXPECT_EQ(keys.find(key), 1U);
    EXPECT_FALSE(keys.put(key, 2));
    digest again;
    EXPECT_TRUE(again.append(keys.serialize()));
    EXPECT_EQ(again, keys);
}

TEST(Digest, HoldsAMillionKeys) {
    digest keys;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        ASSERT_TRUE(keys.put(std::to_string(i * 7), i));
    }
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        ASSERT_EQ(keys.find(std::to_string(i * 7)), i);
    }
    EXPECT_EQ(keys.find("3"), std::nullopt);
    digest again;
    ASSERT_TRUE(again.append(keys.serialize()));
    EXPECT_EQ(again, keys);
}

TEST(Digest, SurvivesTheDatabaseInPieces) {
    digest whole;
    digest read;
    std::mt19937 random(3);
    for (int piece = 0; piece < 20; ++piece) {
        digest part;
        for (int i = 0; i < 200; ++i) {
            std::string key(random() % 40, '\0');
            std::ranges::generate(key, [&] { return static_cast<char>(random()); });
            const auto hash = std::uint64_t{random()} << 32U | random();
            part.put(key, hash);
            whole.put(key, hash);
        }
        ASSERT_TRUE(read.append(part.serialize()));
    }
    EXPECT_EQ(read, whole);
    digest tail;
    ASSERT_TRUE(tail.append(whole.serialize(whole.size() - 3)));
    EXPECT_EQ(tail.size(), 3U);
    EXPECT_TRUE(tail.append(whole.serialize(whole.size() + 3)));
    EXPECT_EQ(tail.size(), 3U);
}

TEST(Digest, TakesNothingOfBytesThatAreNotOfItsForm) {
    digest source;
    for (int i = 0; i < 5; ++i) {
        source.put("key " + std::to_string(i), static_cast<std::uint64_t>(i));
    }
    const auto bytes = source.serialize();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        digest target;
        const bool whole_entries = size >= 1 && (size - 1) % (2 + 5 + 8) == 0;
        EXPECT_EQ(target.append(std::string_view(bytes).substr(0, size)), whole_entries) << size;
        EXPECT_EQ(target.size(), whole_entries ? (size - 1) / 15 : 0);
    }
    digest kept;
    kept.put("mine", 1);
    EXPECT_FALSE(kept.append("\x02"));
    EXPECT_FALSE(kept.append("\x01\xff\xff"));
    std::mt19937 random(5);
    for (int i = 0; i < 20'000; ++i) {
        std::string hostile(random() % 60, '\0');
        std::ranges::generate(hostile, [&] { return static_cast<char>(random() % 4); });
        digest victim;
        if (!victim.append(hostile)) {
            EXPECT_TRUE(victim.empty());
        }
    }
    EXPECT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept.find("mine"), 1U);
}

TEST(Digest, ComparesKeysAndHashesInAnyOrder) {
    digest one;
    digest other;
    for (int i = 0; i < 100; ++i) {
        one.put(std::to_string(i), 1);
        other.put(std::to_string(99 - i), 1);
    }
    EXPECT_EQ(one, other);
    other.put("7", 2);
    EXPECT_FALSE(one == other);
    one.put("7", 2);
    one.put("100", 1);
    EXPECT_FALSE(one == other);
    other.put("101", 1);
    EXPECT_FALSE(one == other);
}

TEST(Digest, VisitsInTheOrderOfInsertion) {
    digest keys;
    keys.put("z", 1);
    keys.put("a", 2);
    keys.put("z", 3);
    std::string visited;
    keys.for_each([&](std::string_view key, std::uint64_t hash) {
        visited += std::string(key) + std::to_string(hash) + ' ';
    });
    EXPECT_EQ(visited, "z3 a2 ");
}

} // namespace
} // namespace callmirror::plan

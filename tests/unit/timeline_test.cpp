#include "tests/unit/timeline_model.hpp"

#include <gmock/gmock.h>

#include <iostream>
#include <random>

namespace callmirror::plan {
namespace {

using debt = timeline::debt;
using grain = source_model::grain;
const auto today = at("2026-11-20T15:00:00Z");

source_model steady(double per_day, utc_time from = at("2025-11-20T00:00:00Z")) {
    return {.steady = {{from, end_of_time, per_day}}, .instants = {}};
}

timeline_rules since(const char* day) {
    return {.history_start = at(day)};
}

// ---- history

TEST(Timeline, CoversTimeWithoutGapWhateverHappens) {
    for (unsigned seed = 0; seed < 150; ++seed) {
        std::mt19937 random(seed);
        const auto pick = [&](int below) {
            return static_cast<int>(random() % static_cast<unsigned>(below));
        };
        timeline_rules rules{.history_start = {},
                             .page_size = 10,
                             .target_pages = 4,
                             .most_pages = 8,
                             .ahead = 1 + pick(5)};
        if (pick(3) == 0) {
            rules.history_start = today - milliseconds(pick(1'000'000'000)) * (1 + pick(100));
        }
        auto source = steady(std::pow(10, pick(5)) / 2, today - (1 + pick(900)) * 24h);
        source.filter = static_cast<grain>(pick(4));
        source.instants[today - pick(500) * 24h] = pick(3) * 1000;
        engine_model engine(source, rules, today);
        for (int step = 0; step < 300; ++step) {
            switch (pick(9)) {
            case 0:
                engine.commit(engine.line.extend(
                    engine.now,
                    pick(2) == 0 ? time_range{}
                                 : time_range{today - pick(900) * 24h, today - pick(300) * 24h}));
                engine.complete = engine.line.history_complete();
                break;
            case 1:
            case 2:
                engine.read_one(debt::never_read);
                break;
            case 3:
                engine.read_one(debt::due);
                break;
            case 4:
                if (const auto next = engine.line.next(debt::never_read, engine.now, {})) {
                    if (pick(2) == 0) {
                        engine.commit(engine.line.failed(next->id, engine.now));
                    } else { // gives up half-way: nothing happened
                        engine.line.release(next->id);
                    }
                }
                break;
            case 5: // two at once, the other one split meanwhile
                if (const auto next = engine.line.next(debt::due, engine.now, {})) {
                    engine.read_one(debt::never_read);
                    engine.commit(engine.line.split(next->id, engine.now, 9));
                    engine.line.release(next->id);
                }
                break;
            case 6:
                engine.poll();
                break;
            case 7: {
                const auto from = today - pick(1000) * 24h;
                engine.commit(engine.line.again({from, from + pick(100) * 24h}, engine.now));
                break;
            }
            default: // a decision that is never committed
                switch (pick(4)) {
                case 0:
                    engine.line.extend(engine.now, {});
                    break;
                case 1:
                    engine.line.head_read(engine.now, engine.now, pick(100), 3);
                    break;
                case 2:
                    if (const auto next = engine.line.next(debt::never_read, engine.now, {})) {
                        engine.line.split(next->id, engine.now, 9);
                    }
                    break;
                default:
                    if (const auto next = engine.line.next(debt::never_read, engine.now, {})) {
                        engine.line.read(next->id, engine.now, 3, 1);
                        engine.line.merge_around(next->id, engine.now);
                    }
                }
                engine.reload();
            }
            engine.expect_covered();
            if (testing::Test::HasFatalFailure()) {
                FAIL() << "seed " << seed << " step " << step;
            }
            engine.now += milliseconds(pick(pick(10) == 0 ? 1'000'000'000 : 100'000) - 20'000);
        }
    }
}

TEST(Timeline, EndsHistoryAfterThreeYearsOfNothing) {
    engine_model engine(steady(500), {}, today);
    engine.backfill();
    EXPECT_TRUE(engine.line.history_complete());
    const auto oldest = engine.line.slices().front().begins;
    EXPECT_LE(oldest, at("2025-11-20T00:00:00Z") - 3 * 365 * 24h);
    EXPECT_GE(oldest, at("2025-11-20T00:00:00Z") - 5 * 366 * 24h);
    EXPECT_EQ(engine.line.unread({}), 0U);
    EXPECT_EQ(engine.line.share_read(engine.now, {}), 1);
}

TEST(Timeline, EndsTheHistoryOfAnEmptyListInFewRequests) {
    engine_model engine({}, {}, today);
    engine.backfill();
    EXPECT_TRUE(engine.line.history_complete());
    EXPECT_LE(engine.requests, 30);
}

TEST(Timeline, FollowsSilenceInGrowingStretchesHoweverBusyTheDaysBeforeIt) {
    engine_model engine(steady(20'000, at("2026-11-01T00:00:00Z")), {}, today);
    engine.backfill();
    const auto silent = std::ranges::count_if(engine.line.slices(),
                                              [](const slice& each) { return each.records == 0; });
    EXPECT_LE(silent, 20);
    EXPECT_LE(engine.reads, 60);
}

// Fridays to Mondays: whatever was read last, the next slice is about as long as it should be.
TEST(Timeline, PlansByTheWeekNotByTheDay) {
    source_model source;
    for (auto monday = at("2026-02-02T00:00:00Z"); monday < today; monday += 7 * 24h) {
        source.steady.push_back({monday, monday + 5 * 24h, 8'000});
        source.steady.push_back({monday + 5 * 24h, monday + 7 * 24h, 1'000});
    }
    engine_model engine(source, since("2026-02-02"), today);
    engine.backfill();
    std::int32_t most = 0;
    for (const auto& each : engine.line.slices()) {
        most = std::max(most, each.pages);
    }
    EXPECT_LE(most, 200) << "twice what is aimed at";
}

TEST(Timeline, FindsDataBehindAGapOfTwoYears) {
    for (const double per_day : {0.1, 5.0, 500.0, 20'000.0}) {
        source_model source{
            .steady = {{at("2026-10-01T00:00:00Z"), end_of_time, per_day},
                       {at("2024-01-01T00:00:00Z"), at("2024-10-01T00:00:00Z"), 100},
                       {at("2021-03-01T00:00:00Z"), at("2022-01-02T00:00:00Z"), 7}},
            .instants = {}};
        engine_model engine(source, {}, today);
        engine.backfill();
        EXPECT_LE(engine.line.slices().front().begins, at("2018-03-03T00:00:00Z")) << per_day;
    }
}

TEST(Timeline, HonoursHistoryStartExactly) {
    for (const char* start : {"2020-01-01", "2025-06-15T10:20:30.400Z", "2026-11-19T23:59:59.999Z",
                              "2026-11-20", "2026-11-20T10:00:00Z", "2030-01-01"}) {
        engine_model engine(steady(500), since(start), today);
        engine.backfill();
        EXPECT_TRUE(engine.line.history_complete());
        EXPECT_EQ(engine.line.slices().front().begins, at(start));
    }
    engine_model epoch(steady(500), since("1970-01-01"), today);
    epoch.backfill();
    EXPECT_TRUE(epoch.line.history_complete());
    EXPECT_EQ(epoch.line.share_read(epoch.now, {}), 1)
        << "what lies before all APIs is not missing";
}

TEST(Timeline, OpensThePastAgainForAnEarlierHistoryStart) {
    engine_model engine(steady(500), since("2026-06-01"), today);
    engine.backfill();
    engine.rules_.history_start = at("2026-01-01");
    engine.reload();
    EXPECT_FALSE(engine.line.history_complete());
    engine.backfill();
    EXPECT_EQ(engine.line.slices().front().begins, at("2026-01-01"));
}

TEST(Timeline, ReadsTheNewestFirst) {
    engine_model engine(steady(500), since("2025-01-01"), today);
    auto last = end_of_time;
    while (true) {
        if (const auto next = engine.line.next(debt::never_read, today, {})) {
            EXPECT_LT(next->begins, last);
            last = next->begins;
            engine.commit(engine.line.read(next->id, today, 100, 1));
        } else if (const auto more = engine.line.extend(today, {}); !more.empty()) {
            engine.commit(more);
        } else {
            break;
        }
    }
    EXPECT_EQ(last, at("2025-01-01"));
}

TEST(Timeline, GivesOutOnlyWhatTheRangeTouches) {
    engine_model engine(steady(500), since("2026-01-01"), today);
    engine.backfill();
    const time_range june{at("2026-06-01"), at("2026-07-01")};
    engine.commit(engine.line.again(june, today));
    EXPECT_EQ(engine.line.next_due(june), today);
    while (const auto next = engine.line.next(debt::due, today, june)) {
        EXPECT_TRUE(june.overlaps(*next));
        engine.commit(engine.line.read(next->id, today, next->records, next->pages));
    }
    EXPECT_GT(engine.line.next_due(june), today);
}

// A slow read's first pages may be older than the order: simulation seed 6903.
TEST(Timeline, ReadsOnceMoreWhatWasBeingReadWhenItWasAskedForAgain) {
    engine_model engine(steady(500), since("2026-01-01"), today);
    engine.backfill();
    engine.commit(engine.line.again({}, today));
    const auto under_way = engine.line.next(debt::due, today, {});
    ASSERT_TRUE(under_way);
    engine.commit(engine.line.again({}, today + 1h));
    const auto end = today + 2h;
    EXPECT_EQ(engine.line.read(under_way->id, end, 500, 5).put.front().due_at, end);
    EXPECT_GT(engine.line.read(under_way->id, end, 500, 5).put.front().due_at, end);
}

TEST(Timeline, KeepsNothingWaitingForATimeThatAWrongClockHasLeft) {
    const auto tomorrow = today + 25h;
    engine_model engine(steady(500), since("2026-11-01"), today);
    engine.commit(engine.line.extend(tomorrow, {}));
    EXPECT_TRUE(engine.line.next(debt::never_read, today, {}));
    engine.reload();
    engine.backfill();
    engine.commit(engine.line.again({}, tomorrow));
    const auto read = engine.line.next(debt::due, tomorrow, {});
    ASSERT_TRUE(read);
    EXPECT_FALSE(engine.line.next(debt::due, engine.now, {}));
    engine.commit(engine.line.read(read->id, tomorrow, 500, 5));
    const auto next = engine.line.next(debt::due, engine.now, {});
    ASSERT_TRUE(next);
    EXPECT_EQ(next->id, read->id);
    engine.commit(engine.line.failed(next->id, engine.now, timeline::blame::slice));
    EXPECT_FALSE(engine.line.next(debt::due, engine.now, {})); // not at once
}

TEST(Timeline, PlansAndReadsNoMoreThanTheRange) {
    engine_model engine(steady(5'000), {}, today);
    const time_range june{at("2026-06-01"), at("2026-06-11T12:00:00Z")};
    engine.backfill(june);
    engine.expect_covered();
    EXPECT_EQ(engine.line.share_read(engine.now, june), 1);
    EXPECT_FALSE(engine.line.history_complete());
    EXPECT_LE(engine.requests, 14 * 50 * 5 / 4 + 60);
    for (const auto& each : engine.line.slices()) {
        EXPECT_TRUE(june.overlaps(each) || !each.read_at || each.begins >= at("2026-11-20"));
    }
    engine.backfill(); // and later all of it
    EXPECT_TRUE(engine.line.history_complete());
    EXPECT_EQ(engine.line.share_read(engine.now, {}), 1);
}

TEST(Timeline, PausesAfterFailuresLongerAndLonger) {
    engine_model engine(steady(500), since("2026-11-19"), today);
    engine.commit(engine.line.extend(today, {}));
    auto pause = 0ms;
    for (int failures = 1; failures <= 40; ++failures) {
        const auto due = engine.line.next_due({});
        const auto next = engine.line.next(debt::never_read, std::max(due, today), {});
        ASSERT_TRUE(next);
        engine.commit(engine.line.failed(next->id, today));
        EXPECT_GE(engine.line.next_due({}) - today, pause);
        pause = engine.line.next_due({}) - today;
    }
    EXPECT_EQ(pause, 6h);
}

TEST(Timeline, DoesNotLetAFewHopelessSlicesKeepHistoryWaiting) {
    engine_model engine(steady(500), since("2025-11-19"), today);
    std::size_t given_up = 0;
    for (int tries = 0; tries < 1000 && !engine.line.is_blocked({}); ++tries) {
        engine.commit(engine.line.extend(today, {}));
        const auto due = std::max(engine.line.next_due({}), today);
        const auto next = engine.line.next(debt::never_read, due, {});
        ASSERT_TRUE(next);
        given_up += next->failures + 1 == hopeless ? 1 : 0;
        engine.commit(engine.line.failed(next->id, today));
    }
    EXPECT_TRUE(engine.line.is_blocked({}));
    EXPECT_GE(given_up, 8U);
    EXPECT_LE(engine.line.slices().size(), 20U);
    engine.commit(engine.line.forgive({}, today));
    EXPECT_FALSE(engine.line.is_blocked({}));
}

TEST(Timeline, DoesNotBlameASliceForAnOutage) {
    engine_model engine(steady(500), since("2026-11-19"), today);
    engine.commit(engine.line.extend(today, {}));
    for (int outages = 1; outages <= 10; ++outages) {
        const auto due = std::max(engine.line.next_due({}), today);
        const auto next = engine.line.next(debt::never_read, due, {});
        ASSERT_TRUE(next);
        engine.commit(engine.line.failed(next->id, today, timeline::blame::api));
        EXPECT_EQ(engine.line.next_due({}) - today, 30s);
        EXPECT_EQ(engine.line.find(next->id)->failures, 0);
    }
}

TEST(Timeline, ForgivesFailuresAtTheBeginningOfABackfill) {
    engine_model engine(steady(500), since("2026-11-19"), today);
    engine.commit(engine.line.extend(today, {}));
    const auto next = engine.line.next(debt::never_read, today, {});
    engine.commit(engine.line.failed(next->id, today));
    EXPECT_FALSE(engine.line.next(debt::never_read, today, {}));
    const auto before = time_range{start_of_time, next->begins};
    EXPECT_TRUE(engine.line.forgive(before, today).put.empty());
    engine.commit(engine.line.forgive({}, today));
    EXPECT_EQ(engine.line.find(next->id)->failures, 0);
    EXPECT_TRUE(engine.line.next(debt::never_read, today, {}));
}

// ---- what it costs

TEST(Timeline, PlansWiderSlicesThoughThoseInBetweenAreStillBeingRead) {
    slice_id last_id = 0;
    timeline line("calls", "", since("2025-11-20"), {}, false, std::nullopt,
                  [&] { return ++last_id; });
    line.release(line.start(today));
    std::vector<slice> under_way; // several at once: the oldest one planned is never read yet
    do {
        line.release(line.extend(today, {}));
        while (const auto next = line.next(debt::never_read, today, {})) {
            under_way.push_back(*next);
        }
        const auto done = under_way.front();
        under_way.erase(under_way.begin());
        const auto days = std::chrono::duration_cast<std::chrono::hours>(done.width()) / 24h;
        line.release(line.read(done.id, today, 10 * days, 1));
        line.release(done.id);
    } while (!under_way.empty() || line.unread({}) > 0);
    EXPECT_TRUE(line.history_complete());
    EXPECT_LE(line.slices().size(), 20U) << "a year of 3,650 records";
}

TEST(Timeline, BackfillsAYearInHardlyMoreRequestsThanPages) {
    for (const double per_day : {10.0, 500.0, 5'000.0, 50'000.0}) {
        engine_model engine(steady(per_day), since("2025-11-20"), at("2026-11-20T00:00:00Z"));
        engine.backfill();
        const double pages = per_day * 365 / 100;
        const auto ratio = static_cast<double>(engine.requests) / pages;
        std::cout << per_day << " records a day: " << engine.requests << " requests for " << pages
                  << " pages, " << ratio << "; " << engine.line.slices().size() << " slices\n";
        EXPECT_LE(ratio, per_day < 500 ? 2.5 : per_day < 5'000 ? 1.15 : 1.10);
        EXPECT_EQ(engine.line.share_read(engine.now, {}), 1);
    }
}

TEST(Timeline, SteadyStateCostsLittle) {
    for (const double per_day : {10.0, 500.0, 5'000.0, 50'000.0}) {
        engine_model engine(steady(per_day), since("2025-11-20"), today);
        engine.backfill();
        const bool whole_year = per_day == 5'000;
        const int days = whole_year ? 365 : 15;
        constexpr int measured = 4; // of them, the last ones
        engine.run_until(today + (days - measured) * 24h, whole_year ? 120s : 60s);
        engine.requests = 0;
        engine.head_requests = 0;
        const auto polls_from = engine.now;
        engine.run_until(engine.now + measured * 24h, 60s);
        const auto each_day = static_cast<double>(engine.requests) / measured;
        const auto polls = (engine.now - polls_from) / 60s;
        std::cout << per_day << " records a day: " << each_day << " requests a day for history, "
                  << static_cast<double>(engine.head_requests) / static_cast<double>(polls)
                  << " for a poll of the head; " << engine.line.slices().size() << " slices after "
                  << days << " days\n";
        EXPECT_LE(static_cast<double>(engine.head_requests), 1.6 * static_cast<double>(polls));
        if (per_day <= 5'000) {
            EXPECT_LE(each_day, 0.05 * 86'400);
        }
    }
}

TEST(Timeline, IsDueAgainWhenItsAgeHasDoubled) {
    engine_model engine({}, since("2026-11-01"), at("2026-11-20T00:00:00Z"));
    engine.commit(engine.line.extend(engine.now, {}));
    const auto next = engine.line.next(debt::never_read, engine.now, {});
    ASSERT_EQ(next->ends, engine.now);
    for (const auto age : {1h, 2h, 7h, 300h, 5000h}) {
        const auto now = next->ends + age;
        const auto changes = engine.line.read(next->id, now, 3, 1);
        EXPECT_EQ(changes.put.front().due_at, now + age);
    }
    EXPECT_EQ(engine.line.read(next->id, next->ends + 1s, 3, 1).put.front().due_at,
              next->ends + 61s);
    EXPECT_EQ(engine.line.read(next->id, next->ends - 1h, 3, 1).put.front().due_at,
              next->ends - 1h + 60s)
        << "a clock that was set back";
}

TEST(Timeline, ReadsSeveralPagesASecondTimeWithinDays) {
    engine_model engine({}, since("2024-01-01"), today);
    engine.backfill();
    engine.commit(engine.line.again({}, today));
    const auto next = engine.line.next(debt::due, today, {at("2024-01-01"), at("2024-02-01")});
    auto first = *next;
    first.reads = 0;
    engine.committed[first.id] = first;
    engine.reload();
    engine.line.next(debt::due, today, {at("2024-01-01"), at("2024-02-01")});
    EXPECT_EQ(engine.line.read(first.id, today, 300, 3).put.front().due_at, today + 3 * 24h);
    EXPECT_GT(engine.line.read(first.id, today, 300, 3).put.front().due_at, today + 100 * 24h);
}

// ---- splits

TEST(Timeline, SplitsEndWhereOneInstantHoldsEverything) {
    for (const char* when : {"2026-03-05T00:00:00Z", "2026-03-05T12:00:00Z",
                             "2026-03-05T11:13:27.613Z", "2026-02-28T23:59:59.999Z"}) {
        auto source = steady(10);
        source.instants[at(when)] = 100'000;
        engine_model engine(source, since("2025-11-20"), today);
        engine.backfill();
        EXPECT_LE(engine.reads, 160) << when;
        EXPECT_LE(engine.granularity.value_or(1s), 1s) << when;
        EXPECT_EQ(engine.line.share_read(engine.now, {}), 1);
        std::int64_t held = 0;
        for (const auto& each : engine.line.slices()) {
            held += each.records;
        }
        EXPECT_GE(held, 100'000);
    }
}

TEST(Timeline, BothHalvesExpectHalfThePages) {
    engine_model engine({}, since("2026-01-01"), today);
    engine.line.times_are_told_apart();
    engine.commit(engine.line.extend(today, {}));
    const auto next = engine.line.next(debt::never_read, today, {});
    const auto halves = engine.line.split(next->id, today, 900).put;
    ASSERT_EQ(halves.size(), 2U);
    EXPECT_EQ(engine.line.expected_pages(halves[0]), 450);
    EXPECT_EQ(engine.line.expected_pages(halves[1]), 450);
}

TEST(Timeline, RecognisesAServerThatKnowsOnlyDays) {
    auto source = steady(60'000, at("2026-11-01"));
    source.filter = grain::day_inclusive;
    engine_model engine(source, since("2026-11-01"), at("2026-11-20T00:00:00Z"));
    engine.backfill();
    EXPECT_EQ(engine.granularity, std::optional<std::chrono::seconds>(24h));
    const auto narrow = std::ranges::count_if(engine.line.slices(), [](const slice& each) {
        return !each.is_open() && each.width() < 24h;
    });
    EXPECT_LE(narrow, 8) << "what was under way when it was found out";
}

// Such a server shows nothing around a cut within a day: neither half has that day.
TEST(Timeline, CutsAtMidnightAloneWhereNoPartOfADayShowsAnything) {
    for (const auto filter : {grain::between_days, grain::day_exclusive}) {
        auto source = steady(60'000, at("2026-11-01"));
        source.filter = filter;
        engine_model engine(source, since("2026-11-01"), at("2026-11-20T06:00:00Z"));
        engine.backfill();
        EXPECT_EQ(engine.granularity, std::nullopt);
        EXPECT_EQ(engine.line.unread({}), 0U);
        std::int64_t held = 0;
        for (const auto& each : engine.line.slices()) {
            EXPECT_EQ(each.begins, floor_day(each.begins));
            held += each.records;
        }
        EXPECT_GE(held, 19 * 60'000 + 15'000);
    }
}

// Each half of a few days shows the days around it, too.
TEST(Timeline, IsNotMisledByWideSlicesOfAServerThatKnowsOnlyDays) {
    for (const auto filter : {grain::day_inclusive, grain::day_exclusive, grain::between_days}) {
        for (const int days : {2, 4, 8, 16}) {
            auto source = steady(60'000, at("2026-11-01"));
            source.filter = filter;
            engine_model engine(source, since("2026-11-01"), at("2026-11-20"));
            slice wide;
            wide.id = 1;
            wide.begins = at("2026-11-20") - days * 24h;
            wide.ends = at("2026-11-20");
            slice head;
            head.id = 2;
            head.begins = wide.ends;
            engine.last_id = 2;
            engine.committed = {{1, wide}, {2, head}};
            engine.complete = true;
            engine.reload();
            while (engine.read_one(debt::never_read)) {
            }
            EXPECT_LE(engine.granularity.value_or(1s), 24h) << days;
        }
    }
}

TEST(Timeline, CutsWithinDaysOnceAPartOfOneHasShownSomething) {
    engine_model engine(steady(60'000, at("2026-11-01")), since("2026-11-01"),
                        at("2026-11-20T06:00:00Z"));
    const auto whole = engine.line.head();
    slice yesterday;
    yesterday.begins = whole.begins - 24h;
    yesterday.ends = whole.begins;
    EXPECT_FALSE(engine.line.would_split(yesterday, 900));
    engine.poll();
    EXPECT_EQ(engine.granularity, std::optional<std::chrono::seconds>(1s));
    EXPECT_GT(engine.line.head().begins, whole.begins);
    EXPECT_TRUE(engine.line.would_split(yesterday, 900));
}

TEST(Timeline, EndsWhereTheServerKnowsNoRangeAtAll) {
    for (const auto filter : {grain::none, grain::day_exclusive}) {
        auto source = steady(60'000, at("2026-11-01"));
        source.filter = filter;
        engine_model engine(source, since("2026-11-01"), at("2026-11-20T00:00:00Z"));
        engine.backfill();
        EXPECT_LE(engine.reads, filter == grain::none ? 60 : 1500);
        EXPECT_EQ(engine.line.unread({}), 0U);
    }
}

TEST(Timeline, NeverTakesAnExactServerForACoarseOne) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        const auto pick = [&](int below) {
            return static_cast<int>(random() % static_cast<unsigned>(below));
        };
        source_model source;
        for (int i = 0; i < 40; ++i) { // bursts, at round times as imports have them
            const auto from = at("2026-11-14") + 1h * pick(24 * 8);
            source.steady.push_back(
                {from, from + 1min * (1 + pick(90)), std::pow(10.0, 3 + pick(4))});
            source.instants[at("2026-11-14") + 1h * pick(24 * 8)] = pick(4) * pick(20'000);
        }
        engine_model engine(source, since("2026-11-14"), at("2026-11-18T06:00:00Z"));
        for (auto& [when, records] : engine.source.instants) { // nothing is dated ahead here
            records = when > engine.now ? 0 : records;
        }
        engine.backfill();
        engine.run_until(engine.now + 3 * 24h, 30s);
        EXPECT_LE(engine.granularity.value_or(1s), 1s) << seed;
    }
}

TEST(Timeline, ReadingOneHalfTwiceProvesNothing) {
    engine_model engine({}, since("2026-01-01"), today);
    engine.line.times_are_told_apart();
    engine.commit(engine.line.extend(today, {}));
    const auto next = engine.line.next(debt::never_read, today, {});
    const auto halves = engine.line.split(next->id, today, 900).put;
    engine.line.read(halves[1].id, today, 85'000, 850);
    engine.line.read(halves[1].id, today + 1h, 85'000, 850);
    engine.line.read(halves[0].id, today + 1h, 5'000, 50);
    EXPECT_EQ(engine.line.granularity(), std::optional<std::chrono::seconds>(1s));
}

// ---- the head

TEST(Head, StaysAboutOnePage) {
    for (const double per_day : {10.0, 500.0, 5'000.0, 50'000.0, 120'000.0}) {
        engine_model engine(steady(per_day), since("2026-11-19"), today);
        engine.run_until(today + 1h, 30s);
        std::int64_t most = 0;
        while (engine.now < today + 36h) {
            most = std::max(most, engine.poll());
            while (engine.read_one(debt::never_read) || engine.read_one(debt::due)) {
            }
            EXPECT_GE(engine.now - engine.line.head().begins, 1min);
            engine.now += 30s;
        }
        EXPECT_LE(most, per_day < 100'000 ? 130 : 180) << per_day;
    }
}

TEST(Head, KeepsWhatIsDatedAheadWithoutCuttingAtEveryPoll) {
    auto source = steady(5'000);
    for (int i = 1; i <= 400; ++i) {
        source.instants[today + 48h + i * 1h] = 1;
    }
    engine_model engine(source, since("2026-11-20T14:00:00Z"), today);
    engine.run_until(today + 24h, 30s);
    EXPECT_LE(engine.last_id, 400) << "slices were made at every poll";
    EXPECT_EQ(engine.granularity, std::optional<std::chrono::seconds>(1s));
}

TEST(Head, IsNotTakenForCoarseAfterABurst) {
    auto source = steady(10);
    source.steady.push_back({at("2026-11-20T09:00:00Z"), at("2026-11-20T09:10:00Z"), 10'000});
    engine_model engine(source, since("2026-11-20"), at("2026-11-20T08:50:00Z"));
    engine.run_until(at("2026-11-20T12:00:00Z"), 30s);
    EXPECT_LE(engine.granularity.value_or(1s), 1s);
}

TEST(Head, IsCutAtMidnightOnlyWhereTheServerKnowsOnlyDays) {
    { // one that drops the end's own day can't be told from one with a burst just now
        auto source = steady(5'000);
        source.filter = grain::day_inclusive;
        engine_model engine(source, since("2026-11-18"), at("2026-11-20T06:00:00Z"));
        engine.backfill();
        engine.run_until(engine.now + 12h, 30s);
        EXPECT_EQ(engine.granularity, std::optional<std::chrono::seconds>(24h));
        EXPECT_LE(engine.line.slices().size(), 10U);
        engine.run_until(at("2026-11-21T00:20:00Z"), 30s);
        EXPECT_EQ(engine.line.head().begins, at("2026-11-21"));
    }
}

TEST(Head, LeavesItsDigestToTheOlderPart) {
    engine_model engine(steady(50'000), since("2026-11-20"), today);
    engine.line.times_are_told_apart();
    const auto before = engine.line.head();
    engine.poll();
    ASSERT_EQ(engine.line.slices().size(), 2U);
    const auto& closed = engine.line.slices().front();
    EXPECT_EQ(closed.id, before.id);
    EXPECT_EQ(closed.read_at, std::nullopt) << "it was read as a head, which proves nothing";
    EXPECT_EQ(engine.line.head().records, 0);
    EXPECT_EQ(engine.line.head().read_at, std::nullopt);
}

// What it keeps the digest of may be in any of them by the time it is read: it was told as gone.
TEST(Regression, ASliceLeftBehindLooksAtAllThatTheHeadHasBecomeSince) {
    engine_model engine(steady(50'000), since("2026-11-20"), today);
    engine.poll();
    const auto left_behind = engine.line.slices().front().id;
    for (int i = 0; i < 5; ++i) {
        engine.now += 2min;
        engine.poll();
    }
    ASSERT_GE(engine.line.slices().size(), 4U) << "the head was not cut again";
    EXPECT_EQ(engine.line.neighbours(left_behind).size(), engine.line.slices().size() - 1);
}

TEST(Head, BearsAClockThatStepsBackAndForth) {
    engine_model engine(steady(5'000), since("2026-11-19"), today);
    engine.backfill();
    std::mt19937 random(7);
    for (int i = 0; i < 200; ++i) {
        engine.run_until(engine.now + 5min, 30s);
        engine.now += (i % 2 == 0 ? 1h : -1h) + milliseconds(random() % 2000);
        engine.expect_covered();
    }
    engine.now += 10 * 24h;
    EXPECT_EQ(engine.granularity, std::optional<std::chrono::seconds>(1s));
    engine.run_until(engine.now + 2min, 30s);
    EXPECT_EQ(engine.line.share_read(engine.now, {}), 1);
    EXPECT_LT(engine.line.next_due({}), engine.now + 15 * 24h);
}

TEST(Timeline, ArithmeticHoldsAtTheEndsOfTime) {
    engine_model engine(steady(5), since("1970-01-01"), today);
    engine.backfill();
    const slice everything;
    EXPECT_EQ(engine.line.expected_pages(everything), 1);
    EXPECT_FALSE(engine.line.would_split(everything, 1'000'000));
    EXPECT_EQ(engine.line.share_read(today, {start_of_time, start_of_time}), 1);
    EXPECT_EQ(engine.line.share_read(today, {end_of_time, end_of_time}), 1);
    engine.commit(engine.line.again({start_of_time, end_of_time}, today));
    engine.commit(engine.line.again({end_of_time, start_of_time}, today));
    EXPECT_EQ(engine.line.next_due({end_of_time, end_of_time}), end_of_time);
    engine.commit(engine.line.head_read(today, today - 1h, 1'000'000'000, 10'000'000));
    engine.commit(engine.line.head_read(today, today + 1h, 1'000'000'000, 10'000'000));
    while (engine.read_one(debt::due)) {
    }
    engine.expect_covered();
}

} // namespace
} // namespace callmirror::plan

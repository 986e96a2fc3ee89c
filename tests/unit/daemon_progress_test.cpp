#include "daemon/backfill_summary.hpp"
#include "daemon/progress.hpp"
#include "daemon/text_table.hpp"

#include <gmock/gmock.h>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ContainerEq;
using ::testing::HasSubstr;
using ::testing::Not;

list_progress half_done() {
    return {.name = "calls",
            .share = 0.412,
            .share_is_of_all = true,
            .rows = 123'456,
            .rows_per_second = 1204,
            .requests = 1301,
            .pace = 4.9,
            .left = 12min,
            .day = "2026-03-14",
            .note = {}};
}

TEST(Numbers, AreGroupedByThousands) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(18'446'744'073'709'551'615ULL), "18,446,744,073,709,551,615");
    EXPECT_EQ(counted(1, "row"), "1 row");
    EXPECT_EQ(counted(2000, "row"), "2,000 rows");
}

TEST(Numbers, ShowThreeDigitsThatCount) {
    EXPECT_EQ(short_number(0.2512), "0.25");
    EXPECT_EQ(short_number(4.94), "4.9");
    EXPECT_EQ(short_number(42.4), "42");
    EXPECT_EQ(short_number(1204.4), "1,204");
}

TEST(Numbers, NeverRoundUpToAWhole) {
    EXPECT_EQ(percent(0.99999), "99.9 %");
    EXPECT_EQ(percent(1), "100 %");
    EXPECT_EQ(percent(-1), "0.0 %");
}

TEST(Table, AlignsItsColumnsAndLeavesEmptyOnesOut) {
    text_table table({{"list"}, {"rows", align::right}, {"nothing"}, {"note"}});
    table.add({"calls", "1,000", "", "a"});
    table.add({"é", "5"});
    EXPECT_EQ(table.to_text("  "), "  list    rows  note\n"
                                   "  calls  1,000  a\n"
                                   "  é          5\n");
}

TEST(ProgressLine, SaysAllThatThereIsRoomFor) {
    EXPECT_EQ(live_line(half_done(), 8, 140),
              "calls     [###############.......................]  41.2 %  2026-03-14     "
              "123,456 rows   1,204/s    1,301 req 4.9/s  12 m left");
}

TEST(ProgressLine, NeverIsWiderThanTheTerminal) {
    for (std::size_t width = 20; width < 200; ++width) {
        EXPECT_LE(display_width(live_line(half_done(), 20, width)), width);
        auto aside = half_done();
        aside.note = "set aside: 403 \u00e9\u00e9\u00e9 and much more than there is room for";
        EXPECT_LE(display_width(live_line(aside, 20, width)), width);
    }
}

TEST(ProgressLine, LeavesOutWhatMattersLeast) {
    const auto narrow = live_line(half_done(), 5, 50);
    EXPECT_THAT(narrow, HasSubstr("41.2 %"));
    EXPECT_THAT(narrow, HasSubstr("123,456 rows"));
    EXPECT_THAT(narrow, Not(HasSubstr("req")));
    EXPECT_THAT(live_line(half_done(), 5, 28), HasSubstr("41.2 %"));
}

TEST(ProgressLine, StandsInTheSameColumnsForEveryList) {
    auto other = half_done();
    other.name = "stream_events";
    other.rows = 1;
    other.requests = 0;
    other.rows_per_second = 0;
    for (const std::size_t width : {60U, 80U, 100U, 120U, 160U}) {
        EXPECT_EQ(live_line(half_done(), 13, width).find(" %"),
                  live_line(other, 13, width).find(" %"))
            << width;
    }
}

TEST(PlainLine, IsASentence) {
    EXPECT_EQ(plain_line(half_done()), "calls: 41.2 %, 123,456 rows (1,204/s), 1,301 requests at "
                                       "4.9/s, at 2026-03-14, 12 m left");
    auto more_to_come = half_done();
    more_to_come.share_is_of_all = false;
    EXPECT_THAT(plain_line(more_to_come), HasSubstr("over 12 m left"));
    auto done = half_done();
    done.done = true;
    EXPECT_EQ(plain_line(done), "calls: 100 %, 123,456 rows, 1,301 requests, done");
    auto aside = half_done();
    aside.note = "set aside: 403";
    EXPECT_EQ(plain_line(aside), "calls: set aside: 403");
}

engine::account_view account_with(std::uint64_t records, double share) {
    engine::account_view account;
    account.name = "acme";
    account.pace = 5;
    engine::list_view list;
    list.resource = "calls";
    list.records = records;
    list.inserted = records;
    list.share = share;
    list.unread = 3;
    account.lists.push_back(list);
    return account;
}

TEST(Meter, TellsRateAndTimeLeft) {
    progress_meter meter;
    for (int second = 0; second <= 20; ++second) {
        const auto account = account_with(static_cast<std::uint64_t>(second) * 100, second * 0.01);
        meter.sample(steady_time(1h) + std::chrono::seconds(second), {&account});
    }
    const auto lines = meter.lines();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_NEAR(lines[0].rows_per_second, 100, 0.1);
    ASSERT_TRUE(lines[0].left);
    EXPECT_NEAR(std::chrono::duration<double>(*lines[0].left).count(), 80, 0.1);
    EXPECT_EQ(lines[0].name, "calls");
    EXPECT_FALSE(lines[0].done);
}

TEST(Meter, SaysNothingOfTheTimeLeftWhereNothingMoves) {
    progress_meter meter;
    const auto account = account_with(7, 0.5);
    meter.sample(0s, {&account});
    meter.sample(10s, {&account});
    EXPECT_FALSE(meter.lines()[0].left);
}

TEST(Meter, JudgesTheTimeLeftAnewWhenMoreComesToLight) {
    progress_meter meter;
    const std::vector<double> shares{0.1, 0.2, 0.3, 0.4, 0.05, 0.06, 0.07, 0.08, 0.09};
    for (std::size_t second = 0; second < shares.size(); ++second) {
        const auto account = account_with(1, shares[second]);
        meter.sample(std::chrono::seconds(second), {&account});
    }
    ASSERT_TRUE(meter.lines()[0].left);
    EXPECT_NEAR(std::chrono::duration<double>(*meter.lines()[0].left).count(), 91, 0.1);
}

TEST(Meter, GoesOnCountingWhenASessionBeginsAnew) {
    progress_meter meter;
    const auto before = account_with(500, 0.5);
    const auto after = account_with(20, 0.5);
    meter.sample(0s, {&before});
    meter.sample(1s, {&after});
    EXPECT_EQ(meter.lines()[0].rows, 520U);
    EXPECT_EQ(meter.sums()[0].inserted, 520U);
}

TEST(Meter, IsDoneOnlyWhenHeadAndHistoryAreRead) {
    progress_meter meter;
    auto account = account_with(500, 1);
    account.lists[0].unread = 0;
    account.lists[0].history_complete = true;
    meter.sample(0s, {&account});
    EXPECT_FALSE(meter.lines()[0].done);
    account.lists[0].head_read_at = utc_time(1s);
    meter.sample(1s, {&account});
    EXPECT_TRUE(meter.lines()[0].done);
}

TEST(Meter, NamesAccountsWhereThereAreSeveral) {
    progress_meter meter;
    const auto one = account_with(1, 0);
    auto other = account_with(1, 0);
    other.name = "other";
    other.lists[0].scope = "12";
    meter.sample(0s, {&one, &other});
    EXPECT_EQ(meter.lines()[0].name, "acme calls");
    EXPECT_EQ(meter.lines()[1].name, "other calls of company 12");
}

TEST(Summary, NamesWhatIsMissingAndWhy) {
    progress_meter::totals calls;
    calls.account = "acme";
    calls.resource = "calls";
    calls.read = 1200;
    calls.inserted = 1000;
    calls.rejected = 2;
    calls.requests = 12;
    calls.last.head_read_at = utc_time(1s);
    calls.last.history_complete = true;
    auto streams = calls;
    streams.resource = "streams";
    streams.scope = "12";
    streams.rejected = 0;
    streams.last.unread = 1;
    streams.last.last_error = "streams page 7: 503";
    const auto text = backfill_summary({calls, streams},
                                       {{.name = "acme",
                                         .end = engine::account_end::done_in_part,
                                         .why = {},
                                         .requests = 25}}, // one about the companies
                                       63s);
    EXPECT_EQ(text,
              "acme: done in part (1 m 3 s, 25 requests)\n"
              "  list                    read    new  changed  deleted  rejected\n"
              "  calls                  1,200  1,000        0        0         2\n"
              "  streams of company 12  1,200  1,000        0        0         0\n"
              "  streams of company 12: 1 stretch of history is still to be read; last failure: "
              "streams page 7: 503\n"
              "  one other list is complete\n"
              "  rejected records are in callmirror.rejected, with the reason\n");
}

TEST(Summary, SaysThatAnInterruptedBackfillGoesOn) {
    EXPECT_THAT(backfill_summary(
                    {}, {{.name = "acme", .end = engine::account_end::stopped, .why = {}}}, 1s),
                HasSubstr("the next `callmirror backfill` goes on from here"));
}

TEST(Summary, KnowsTheExitStatusOfEachEnd) {
    const auto of = [](engine::account_end end) {
        return code(status_of({.name = "a", .end = end, .why = {}}));
    };
    EXPECT_EQ(of(engine::account_end::done), 0);
    EXPECT_EQ(of(engine::account_end::done_in_part), 1);
    EXPECT_EQ(of(engine::account_end::stopped), 1);
    EXPECT_EQ(of(engine::account_end::unreachable), 69);
    EXPECT_EQ(of(engine::account_end::key_refused), 77);
    EXPECT_EQ(of(engine::account_end::database_refused), 77);
    EXPECT_EQ(code(status_of({.name = "a", .why = {}, .misconfigured = true})), 78);
}

} // namespace
} // namespace callmirror::daemon

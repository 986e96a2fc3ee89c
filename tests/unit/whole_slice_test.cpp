// A list without time axis: one slice, and the same rule of age for when it is read again.
#include "sync/plan/strip.hpp"
#include "sync/plan/timeline.hpp"

#include <gtest/gtest.h>

namespace callmirror::plan {
namespace {

using namespace std::chrono_literals;
using content = timeline::content;
using debt = timeline::debt;

const utc_time start = *parse_time("2026-11-20T12:00:00Z");

timeline whole(std::vector<slice> slices = {}, std::chrono::milliseconds interval = 10min) {
    return {"teams",
            "123",
            {.history_start = start - 24h, .has_time_axis = false, .snapshot_interval = interval},
            std::move(slices),
            true,
            {},
            [id = slice_id{0}]() mutable { return ++id; }};
}

// Reads it when it is due, and gives how long it then rests.
std::chrono::milliseconds read_when_due(timeline& line, content found) {
    const auto now = line.next_due({});
    const auto next = line.next(line.slices()[0].read_at ? debt::due : debt::never_read, now, {});
    EXPECT_TRUE(next.has_value());
    line.release(line.read(next->id, now, 7, 1, std::nullopt, found));
    return line.slices()[0].due_at - now;
}

TEST(WholeSlice, CoversEverythingAndIsNeverReadAtFirst) {
    auto line = whole();
    const auto changes = line.start(start);
    ASSERT_EQ(changes.put.size(), 1U);
    EXPECT_TRUE(changes.put[0].is_whole());
    EXPECT_FALSE(changes.put[0].is_open());
    line.release(changes);
    EXPECT_TRUE(line.history_complete());
    EXPECT_TRUE(line.extend(start, {}).empty());
    EXPECT_TRUE(line.start(start).empty());
    EXPECT_EQ(line.unread({}), 1U);
    EXPECT_EQ(line.unread({start - 10 * 24h, start - 9 * 24h}), 1U); // any range needs all of it
    EXPECT_EQ(line.share_read(start, {}), 0);
    EXPECT_EQ(line.expected_pages(line.slices()[0]), 1);
    EXPECT_FALSE(line.would_split(line.slices()[0], 100'000));
    EXPECT_FALSE(line.next(debt::due, start, {}).has_value());
    EXPECT_TRUE(line.next(debt::never_read, start, {}).has_value());
}

TEST(WholeSlice, IsReadAgainWhenItsAgeHasDoubledAndAtLeastOnceADay) {
    auto line = whole();
    line.release(line.start(start));
    EXPECT_EQ(read_when_due(line, content::changed), 10min);
    EXPECT_EQ(read_when_due(line, content::same), 10min); // it is ten minutes old
    EXPECT_EQ(read_when_due(line, content::same), 20min);
    EXPECT_EQ(read_when_due(line, content::same), 40min);
    for (int i = 0; i < 6; ++i) {
        read_when_due(line, content::same);
    }
    EXPECT_EQ(read_when_due(line, content::same), 24h);
    EXPECT_EQ(read_when_due(line, content::same), 24h);
    EXPECT_EQ(read_when_due(line, content::changed), 10min);
    EXPECT_EQ(read_when_due(line, content::changed), 10min);
    EXPECT_EQ(line.unread({}), 0U);
    EXPECT_EQ(line.share_read(start, {}), 1);
}

TEST(WholeSlice, RestsForTheSettingAtLeastEvenIfThatIsOverADay) {
    auto line = whole({}, 24h);
    line.release(line.start(start));
    EXPECT_EQ(read_when_due(line, content::changed), 24h);
    EXPECT_EQ(read_when_due(line, content::same), 24h);
}

TEST(WholeSlice, GoesOnAfterARestartWhereItWas) {
    auto line = whole();
    line.release(line.start(start));
    for (int i = 0; i < 4; ++i) {
        read_when_due(line, content::same);
    }
    auto later = whole({line.slices()[0]});
    EXPECT_TRUE(later.start(start).empty());
    EXPECT_EQ(later.slices()[0], line.slices()[0]);
    EXPECT_EQ(read_when_due(later, content::same), read_when_due(line, content::same));
}

TEST(WholeSlice, IsDueSoonerFromTheStartWhereTheSettingHasBecomeShorter) {
    auto line = whole({}, 24h);
    line.release(line.start(start));
    read_when_due(line, content::changed);
    const auto due_with = [&](std::chrono::milliseconds interval) {
        auto later = whole({line.slices()[0]}, interval);
        const auto changes = later.start(start + 1min);
        EXPECT_EQ(changes.empty(), interval >= 24h);
        EXPECT_EQ(later.is_busy(line.slices()[0].id), !changes.empty()); // until it is committed
        return later.slices()[0].due_at - start;
    };
    EXPECT_EQ(due_with(10min), 10min);
    EXPECT_EQ(due_with(24h), 24h);
    EXPECT_EQ(due_with(48h), 24h); // as it was promised
    line.release(line.failed(line.slices()[0].id, start + 24h));
    auto later = whole({line.slices()[0]}, 10min);
    EXPECT_TRUE(later.start(start).empty()); // its pause
}

TEST(WholeSlice, IsReadAgainWhenAskedTo) {
    auto line = whole();
    line.release(line.start(start));
    read_when_due(line, content::same);
    line.release(line.again({start - 24h, start}, start + 1min));
    EXPECT_TRUE(line.next(debt::due, start + 1min, {}).has_value());
}

TEST(WholeSlice, IsReadAtOnceWhereSomethingIsToBeConfirmed) {
    auto line = whole();
    line.release(line.start(start));
    const auto id = line.slices()[0].id;
    line.release(line.read(id, start, 7, 1, start + 1min, content::changed));
    EXPECT_EQ(line.slices()[0].due_at, start + 1min);
}

TEST(WholeSlice, PausesAfterAFailure) {
    auto line = whole();
    line.release(line.start(start));
    const auto id = line.slices()[0].id;
    line.release(line.failed(id, start));
    EXPECT_EQ(line.slices()[0].due_at, start + 30s);
    line.release(line.failed(id, start));
    EXPECT_EQ(line.slices()[0].due_at, start + 60s);
    const auto strip = strip_of(line.slices(), start);
    EXPECT_TRUE(strip.cells.empty());
    EXPECT_EQ(strip.slices[static_cast<std::size_t>(slice_state::failing)], 1U);
}

} // namespace
} // namespace callmirror::plan

#include "sync/plan/strip.hpp"

#include <gtest/gtest.h>

namespace callmirror::plan {
namespace {

using namespace std::chrono_literals;

const utc_time now = *parse_time("2026-11-20T10:00:00Z");

slice stretch(slice_id id, utc_time begins, utc_time ends) {
    slice made;
    made.id = id;
    made.begins = begins;
    made.ends = ends;
    return made;
}

slice read_at(slice made, utc_time at, utc_time due = end_of_time) {
    made.read_at = at;
    made.due_at = due;
    return made;
}

TEST(Strip, JudgesASlice) {
    auto each = stretch(1, now - 2h, now - 1h);
    EXPECT_EQ(state_of(each, now), slice_state::unread);
    each = read_at(each, now - 30min, now + 1min);
    EXPECT_EQ(state_of(each, now), slice_state::current);
    each.due_at = now;
    EXPECT_EQ(state_of(each, now), slice_state::due);
    each.failures = 1;
    EXPECT_EQ(state_of(each, now), slice_state::failing);
}

TEST(Strip, CoversTimeFromTheOldestSliceToNow) {
    const std::vector<slice> slices{stretch(1, now - 10h, now - 5h),
                                    read_at(stretch(2, now - 5h, now - 1h), now - 20min),
                                    read_at(stretch(3, now - 1h, end_of_time), now - 1min, now)};
    const auto strip = strip_of(slices, now, 10);
    EXPECT_EQ(strip.from, now - 10h);
    EXPECT_EQ(strip.to, now);
    const strip_cell unread{slice_state::unread, std::nullopt};
    const strip_cell read{slice_state::current, now - 20min};
    const strip_cell head{slice_state::current, now - 1min};
    EXPECT_EQ(strip.cells, (std::vector<strip_cell>{unread, unread, unread, unread, unread, read,
                                                    read, read, read, head}));
    // failing, unread, due, current; the head aside.
    EXPECT_EQ(strip.slices, (std::array<std::size_t, slice_states>{0, 1, 0, 1}));
}

TEST(Strip, ShowsTheWorstOfWhatSharesACell) {
    auto failing = read_at(stretch(2, now - 9h, now - 8h), now - 10min);
    failing.failures = 2;
    const std::vector<slice> slices{read_at(stretch(1, now - 10h, now - 9h), now - 20min), failing,
                                    stretch(3, now - 8h, now - 5h),
                                    read_at(stretch(4, now - 5h, end_of_time), now)};
    const auto strip = strip_of(slices, now, 2);
    EXPECT_EQ(strip.cells[0], (strip_cell{slice_state::failing, std::nullopt}));
    EXPECT_EQ(strip.cells[1], (strip_cell{slice_state::current, now}));
}

TEST(Strip, KeepsTheOldestReadOfACell) {
    const std::vector<slice> slices{read_at(stretch(1, now - 10h, now - 5h), now - 1h),
                                    read_at(stretch(2, now - 5h, end_of_time), now - 2h)};
    const auto strip = strip_of(slices, now, 1);
    EXPECT_EQ(strip.cells[0], (strip_cell{slice_state::current, now - 2h}));
}

TEST(Strip, IsEmptyWithoutATimeAxis) {
    EXPECT_TRUE(strip_of({}, now).cells.empty());
    EXPECT_TRUE(strip_of({stretch(1, start_of_time, end_of_time)}, now).cells.empty());
    EXPECT_TRUE(strip_of({stretch(1, now + 1h, end_of_time)}, now).cells.empty());
}

TEST(Strip, TakesAVeryLongHistory) {
    const std::vector<slice> slices{stretch(1, *parse_time("0001-01-01"), now - 1h),
                                    read_at(stretch(2, now - 1h, end_of_time), now)};
    const auto strip = strip_of(slices, now, 96);
    EXPECT_EQ(strip.cells.front().state, slice_state::unread);
    EXPECT_EQ(strip.cells.back().state, slice_state::unread);
}

} // namespace
} // namespace callmirror::plan

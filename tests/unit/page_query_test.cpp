// Which request asks for a page, by what the list takes.
#include "sync/engine/requests.hpp"

#include <gtest/gtest.h>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;
using providers::shape;

const utc_time now = *parse_time("2026-11-20T15:30:00Z");
const plan::time_range november{*parse_time("2026-11-01"), *parse_time("2026-11-03")};
const plan::time_range head{*parse_time("2026-11-20"), end_of_time};

std::string target(shape kind, bool takes_page, page_form form, plan::time_range range) {
    providers::resource of{};
    of.kind = kind;
    of.takes_page = takes_page;
    return fetch::target_of(query_for(of, "/v2/list", form, 2, range, now));
}

TEST(PageQuery, AsksATimelineForASecondMoreAtBothEnds) {
    EXPECT_EQ(target(shape::timeline, true, {.first_page = 1, .limit = 50}, november),
              "/v2/list?page=3&limit=50&start=2026-10-31T23:59:59.000Z&"
              "end=2026-11-03T00:00:01.000Z");
    EXPECT_EQ(target(shape::timeline, true, {.first_page = 0, .limit = 0}, head),
              "/v2/list?page=2&start=2026-11-19T23:59:59.000Z");
}

// A day that is cut through may be counted in part.
TEST(PageQuery, AsksDaysForWholeDaysMoreAndAlwaysNamesBothEnds) {
    EXPECT_EQ(target(shape::days, false, {}, november),
              "/v2/list?start=2026-10-31T00:00:00.000Z&end=2026-11-04T00:00:00.000Z");
    EXPECT_EQ(target(shape::days, false, {}, head),
              "/v2/list?start=2026-11-19T00:00:00.000Z&end=2026-11-22T00:00:00.000Z");
}

TEST(PageQuery, AsksASnapshotForNoTimeAtAll) {
    EXPECT_EQ(target(shape::snapshot, true, {.first_page = 0, .limit = 100}, november),
              "/v2/list?page=2&limit=100");
    EXPECT_EQ(target(shape::snapshot, false, {}, {}), "/v2/list");
}

} // namespace
} // namespace callmirror::engine

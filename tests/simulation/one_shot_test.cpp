// How a backfill ends where something can't be read. The real engine in simulated time.
#include "tests/simulation/stage.hpp"

#include <gmock/gmock.h>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class OneShot : public Stage {
protected:
    OneShot() { of_.account.resources = {"calls", "streams", "teams"}; }

    void play(const std::string& rules) {
        begin(engine::one_shot{.range = {}, .again = false, .give_up_after = 15min});
        faults(rules);
        go_on_for(2h);
    }
};

// It was waited for as if the API were away, though the others had been read, and then called that.
TEST_F(OneShot, EndsInPartSoonWhereOneListFailsForEver) {
    play(R"([{"resource":"streams","kind":"list","do":"status","status":500}])");
    EXPECT_EQ(process().ended(), engine::account_end::done_in_part) << process().why();
    EXPECT_LT(all_->events.now(), 10min);
    EXPECT_THAT(list("streams").last_error, HasSubstr("500"));
    EXPECT_GT(list("streams").unread, 0U);
    for (const char* whole : {"calls", "teams"}) {
        EXPECT_EQ(list(whole).last_error, "") << whole;
        EXPECT_EQ(list(whole).unread, 0U) << whole;
        EXPECT_TRUE(list(whole).history_complete) << whole;
    }
}

TEST_F(OneShot, EndsInPartSoonWhereAListWithoutTimeAxisFailsForEver) {
    play(R"([{"resource":"teams","kind":"list","do":"status","status":500}])");
    EXPECT_EQ(process().ended(), engine::account_end::done_in_part) << process().why();
    EXPECT_LT(all_->events.now(), 10min);
    EXPECT_THAT(list("teams").last_error, HasSubstr("500"));
    EXPECT_EQ(list("calls").unread, 0U);
}

TEST_F(OneShot, GivesUpAnApiThatIsAwayAltogether) {
    play(R"([{"from":20,"do":"status","status":500}])");
    EXPECT_EQ(process().ended(), engine::account_end::unreachable) << process().why();
    EXPECT_GE(all_->events.now(), 15min);
    EXPECT_THAT(process().why(), HasSubstr("no useful answer of the API for 15 m"));
}

} // namespace
} // namespace callmirror::simulation

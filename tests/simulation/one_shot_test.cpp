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

    void begin_once() {
        begin(engine::one_shot{.range = {}, .again = false, .give_up_after = give_up_after_});
    }
    void play(const std::string& rules) {
        begin_once();
        faults(rules);
        go_on_for(2h);
    }

    std::chrono::milliseconds give_up_after_ = 15min;
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

// Each of its slices was tried until it was hopeless, however long that took.
TEST_F(OneShot, EndsSoonAfterGiveUpAfterWhereAllThatIsLeftFails) {
    give_up_after_ = 20s;
    of_.api.request_timeout = 2s;
    for (const char* what :
         {R"("do":"status","status":500)", R"("do":"html")", R"("do":"reset")", R"("do":"hang")",
          R"("do":"redirect","location":"https://elsewhere.example/")"}) {
        SCOPED_TRACE(what);
        play(std::string(R"([{"resource":"calls","kind":"list",)") + what + "}]");
        EXPECT_EQ(process().ended(), engine::account_end::done_in_part) << process().why();
        EXPECT_GE(all_->events.now(), 20s);
        EXPECT_LT(all_->events.now(), 60s);
        EXPECT_NE(list("calls").last_error, "");
        EXPECT_TRUE(std::ranges::any_of(all_->log, [](const auto& line) {
            return line.text.find("calls: given up, as no read has succeeded for 20 s; the last "
                                  "failure: calls") != std::string::npos;
        }));
        for (const char* whole : {"streams", "teams"}) {
            EXPECT_EQ(list(whole).last_error, "") << whole;
            EXPECT_EQ(list(whole).unread, 0U) << whole;
        }
    }
}

TEST_F(OneShot, GoesOnWithAListThatRecoversBeforeThat) {
    give_up_after_ = 60s;
    begin_once();
    faults(R"([{"resource":"calls","kind":"list","do":"status","status":500}])");
    go_on_for(50s);
    EXPECT_FALSE(process().ended());
    faults("[]");
    go_on_for(2h);
    EXPECT_EQ(process().ended(), engine::account_end::done) << process().why();
    EXPECT_EQ(list("calls").unread, 0U);
}

// What has no list is asked for by the keys of one.
TEST_F(OneShot, ReadsWhatIsThereOfKeysWhereTheirListIsGivenUp) {
    give_up_after_ = 20s;
    of_.account.resources = {"users", "agents", "teams"};
    play(R"([{"resource":"users","kind":"list","do":"html"}])");
    EXPECT_EQ(process().ended(), engine::account_end::done_in_part) << process().why();
    EXPECT_LT(all_->events.now(), 60s);
    EXPECT_EQ(list("agents").unread, 0U);
}

TEST_F(OneShot, GivesUpAnApiThatIsAwayAltogether) {
    play(R"([{"from":20,"do":"status","status":500}])");
    EXPECT_EQ(process().ended(), engine::account_end::unreachable) << process().why();
    EXPECT_GE(all_->events.now(), 15min);
    EXPECT_THAT(process().why(), HasSubstr("no useful answer of the API for 15 m"));
}

} // namespace
} // namespace callmirror::simulation

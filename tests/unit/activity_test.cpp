// The last hour, as the status page's charts show it.
#include "daemon/activity.hpp"
#include "tests/unit/web_support.hpp"

#include <gtest/gtest.h>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

class Activity : public testing::Test {
protected:
    Activity() { look(0s); }
    engine::list_view& calls() { return example.account.lists[0]; }
    std::uint64_t& answers(fetch::verdict what) { return calls().traffic.answers[{what, 0}]; }
    void look(steady_time after) { all.note(100h + after, example.view.accounts); }
    const account_activity& acme() { return *all.of("acme"); }

    example_view example;
    activity all;
};

TEST_F(Activity, CountsByTheMinute) {
    const auto before = acme().hour();
    answers(fetch::verdict::ok) += 5;
    answers(fetch::verdict::server_busy) += 2;
    look(10s);
    answers(fetch::verdict::ok) += 7;
    calls().inserted += 30;
    calls().deleted += 1;
    calls().rejected += 4;
    look(70s);
    const auto minutes = acme().minutes();
    EXPECT_EQ(minutes[58].requests, before.requests + 7);
    EXPECT_EQ(minutes[58].refused, before.refused + 2);
    EXPECT_EQ(minutes[59].requests, 7U);
    EXPECT_EQ(minutes[59].refused, 0U);
    EXPECT_EQ(minutes[59].rows, 31U);
    EXPECT_EQ(acme().hour().rejected, 4U);
    EXPECT_FALSE(minutes[57].seen);
}

TEST_F(Activity, ForgetsWhatIsOlderThanAnHour) {
    answers(fetch::verdict::ok) += 5;
    look(59min);
    EXPECT_GE(acme().hour().requests, 5U);
    look(61min);
    EXPECT_EQ(acme().hour().requests, 5U);
    look(10h);
    EXPECT_EQ(acme().hour().requests, 0U);
}

TEST_F(Activity, GoesOnWhereAMirrorBeganAnew) {
    const auto before = acme().hour().requests;
    example.account.own_traffic.answers.clear();
    for (auto& list : example.account.lists) {
        list.traffic.answers.clear();
    }
    answers(fetch::verdict::ok) = 4;
    look(10s);
    EXPECT_EQ(acme().hour().requests, before + 4);
}

TEST_F(Activity, ForgetsAnAccountThatIsGone) {
    example.view.accounts.clear();
    look(10s);
    EXPECT_EQ(all.of("acme"), nullptr);
}

TEST_F(Activity, SaysHowManyRowsAMinute) {
    look(1min);
    const auto before = acme().hour().rows;
    calls().inserted += 600;
    look(4min);
    EXPECT_NEAR(acme().rows_a_minute(), static_cast<double>(before + 600) / 2, 1);
}

TEST_F(Activity, TellsTheTimeLeftByHowItWentLately) {
    EXPECT_FALSE(acme().left_of(calls())) << "nothing is known yet";
    calls().share = 0.6;
    look(10min);
    EXPECT_EQ(acme().left_of(calls()), steady_time(40min));
    for (int minute = 11; minute <= 40; ++minute) { // slower now
        calls().share += 0.005;
        look(minute * 1min);
    }
    EXPECT_NEAR(std::chrono::duration<double>(*acme().left_of(calls())).count(), 50 * 60, 60);
    calls().share = 0.1; // older history was planned: what went before says nothing
    look(41min);
    EXPECT_FALSE(acme().left_of(calls()));
}

} // namespace
} // namespace callmirror::daemon

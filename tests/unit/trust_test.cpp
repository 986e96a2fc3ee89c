// What the status page says first: whether the mirror can be trusted.
#include "daemon/trust.hpp"
#include "tests/unit/web_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;
using engine::account_phase;
using testing::HasSubstr;
using testing::IsEmpty;

// All read, all fresh.
class Trust : public testing::Test {
protected:
    Trust() {
        auto& lists = example.account.lists;
        lists.pop_back();
        lists[0].share = 1;
        lists[0].history_complete = true;
        lists[0].unread = 0;
    }
    engine::list_view& calls() { return example.account.lists[0]; }
    judgement found() { return judge(example.view); }

    example_view example;
};

TEST_F(Trust, IsThereWhereAllIsFresh) {
    EXPECT_EQ(found().how, trust::good);
    EXPECT_EQ(found().headline, "The mirror can be trusted.");
    EXPECT_EQ(found().detail, "The newest records were read 12 s ago at the latest. History is "
                              "complete.");
    EXPECT_THAT(found().concerns, IsEmpty());
}

TEST_F(Trust, IsThereWhileHistoryIsRead) {
    calls().share = 0.5;
    calls().unread = 3;
    EXPECT_EQ(found().how, trust::good);
    EXPECT_THAT(found().detail, HasSubstr("still being read: at least 50.0 %"));
}

TEST_F(Trust, EndsWhenTenPollsWereMissed) {
    example.view.poll_interval = 10s;
    calls().head_read_at = example.view.now - 119s;
    EXPECT_EQ(found().how, trust::good);
    calls().head_read_at = example.view.now - 121s;
    EXPECT_EQ(found().how, trust::bad);
    EXPECT_EQ(found().headline, "The mirror can't be trusted just now: it is out of date.");
    example.view.poll_interval = 10min; // as it is meant to be
    EXPECT_EQ(found().how, trust::good);
}

TEST_F(Trust, MindsAListWithoutTimeAxisWhenItIsOverdue) {
    calls().head_read_at = example.view.now - 20h;
    calls().due_at = example.view.now + 4h;
    EXPECT_EQ(found().how, trust::good);
    calls().due_at = example.view.now - 2h;
    EXPECT_EQ(found().how, trust::bad);
}

TEST_F(Trust, IsOnlyDimmedByWhatTouchesNoNewRecord) {
    calls().last_error = "calls page 7: 503";
    EXPECT_EQ(found().how, trust::care);
    EXPECT_THAT(found().concerns.at(0).what, HasSubstr("calls page 7: 503"));
    calls().last_error.clear();
    calls().history.slices[0] = 2; // the head's reads go well all the while
    EXPECT_EQ(found().how, trust::care);
    EXPECT_THAT(found().concerns.at(0).what, HasSubstr("2 stretches of its history"));
    calls().history.slices[0] = 0;
    calls().aside = "403";
    EXPECT_EQ(found().how, trust::care);
    calls().aside.clear();
    example.account.rejected["calls"] = 2; // before this process began, for one
    EXPECT_EQ(found().how, trust::care);
    example.account.rejected["calls"] = 0; // somebody has dealt with them
    calls().held_deletes = 2;              // carried out since
    EXPECT_EQ(found().how, trust::good);
    calls().waiting_deletes = 2;
    EXPECT_EQ(found().how, trust::care);
    calls().waiting_deletes = 0;
    EXPECT_EQ(found().how, trust::good);
}

// For each phase an account can be in: how far it is trusted, and whether there is advice.
TEST_F(Trust, KnowsEachStateOfAnAccount) {
    using row = std::pair<account_phase, trust>;
    for (const auto& [phase, how] :
         {row{account_phase::starting, trust::idle},
          row{account_phase::held_elsewhere, trust::idle},
          row{account_phase::mirroring, trust::good}, row{account_phase::lease_lost, trust::care},
          row{account_phase::database_away, trust::bad},
          row{account_phase::key_refused, trust::bad}}) {
        example.account.enter(phase, "so");
        EXPECT_EQ(found().how, how) << name_of(phase);
        const bool needs_advice = how == trust::bad || how == trust::care;
        EXPECT_TRUE(!needs_advice || !found().concerns.at(0).to_do.empty()) << name_of(phase);
    }
}

TEST_F(Trust, CountsTheAccountsThatAreOutOfDateAndNamesThemFirst) {
    example_view other;
    other.account.name = "beta";
    other.account.enter(account_phase::key_refused, "key refused");
    example.account.rejected["calls"] = 1;
    example.view.accounts.push_back(&other.account);
    EXPECT_EQ(found().headline, "The mirror can be trusted for 1 of 2 accounts.");
    ASSERT_EQ(found().concerns.size(), 2U);
    EXPECT_EQ(found().concerns[0].account, "beta");
}

} // namespace
} // namespace callmirror::daemon

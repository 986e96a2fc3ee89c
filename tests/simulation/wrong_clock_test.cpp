// A clock that was ahead for a while and is set back: what was to wait for an hour or a day by it
// does not wait until the time that it told. And lists that were set aside once fail as others do.
#include "tests/simulation/stage.hpp"

#include <gmock/gmock.h>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class WrongClock : public Stage {
protected:
    WrongClock() {
        of_.clocks_off = {300 * 24h};
        of_.account.poll_interval = 30s;
        of_.account.snapshot_interval = 10min;
    }
    void set_clock_right() { process().clock().set_off(0ms); }
    std::uint64_t asked(const std::string& label) { return service_->log().of_label(label); }
};

TEST_F(WrongClock, LeavesNoListSetAside) {
    of_.account.resources = {"calls", "teams"};
    begin();
    faults(R"([{"resource":"teams","do":"status","status":403},
               {"resource":"calls","do":"status","status":403}])");
    go_on_for(1min);
    ASSERT_THAT(list("teams").aside, HasSubstr("403"));
    ASSERT_THAT(list("calls").aside, HasSubstr("403"));
    faults("[]");
    set_clock_right();
    go_on_for(2h);
    for (const char* name : {"calls", "teams"}) {
        EXPECT_EQ(list(name).aside, "") << name;
        EXPECT_EQ(list(name).unread, 0U) << name;
    }
}

TEST_F(WrongClock, LeavesNoRecordUnaskedThatHasNoList) {
    of_.account.resources = {"users", "agents"};
    begin();
    go_on_for(2h);
    const auto there = store_->table("agents").size();
    ASSERT_GT(there, 0U);
    const auto before = asked("agents record");
    set_clock_right();
    go_on_for(2h);
    EXPECT_EQ(asked("agents record"), before + there);
    EXPECT_LE(list("agents").head_read_at, process().clock().utc());
}

TEST_F(WrongClock, LeavesNoMissingRecordUnasked) {
    of_.account.resources = {"teams"};
    begin();
    go_on_for(1h);
    using simulator::resource;
    ASSERT_TRUE(world_->remove(resource::teams, world_->id_of(resource::teams, 0)));
    faults(R"([{"resource":"teams","kind":"record","do":"status","status":500}])");
    go_on_for(24h);
    faults("[]");
    ASSERT_EQ(store_->suspects().size(), 1U);
    set_clock_right();
    go_on_for(7h);
    EXPECT_EQ(store_->suspects().size(), 0U);
}

TEST_F(WrongClock, HoldsNoDeletionForLonger) {
    of_.account.resources = {"users"};
    of_.world.users = 100;
    begin();
    go_on_for(1h);
    using simulator::resource;
    for (simulator::ordinal i = 0; i < 40; ++i) {
        ASSERT_TRUE(world_->remove(resource::users, world_->id_of(resource::users, i)));
    }
    go_on_for(5h);
    ASSERT_EQ(list("users").waiting_deletes, 40U);
    set_clock_right();
    go_on_for(1h);
    EXPECT_EQ(list("users").waiting_deletes, 40U);
    go_on_for(12h);
    EXPECT_EQ(list("users").waiting_deletes, 0U);
    EXPECT_EQ(list("users").deleted, 40U);
}

// The time until which they were set aside was still there, and kept their pauses away: they were
// asked for without end.
class OnceSetAside : public WrongClock {
protected:
    OnceSetAside() { of_.clocks_off = {0ms}; }
};

TEST_F(OnceSetAside, AListThatFailsIsGivenPauses) {
    of_.account.resources = {"calls", "teams"};
    begin();
    faults(R"([{"resource":"teams","do":"status","status":403,"times":1},
               {"resource":"teams","do":"status","status":500}])");
    go_on_for(1min);
    ASSERT_THAT(list("teams").aside, HasSubstr("403"));
    const auto before = asked("teams list");
    go_on_for(2h);
    EXPECT_THAT(list("teams").last_error, HasSubstr("500"));
    EXPECT_GT(asked("teams list"), before);
    EXPECT_LT(asked("teams list"), before + 100);
}

TEST_F(OnceSetAside, RecordsWithoutAListThatFailAreGivenPauses) {
    of_.account.resources = {"users", "agents"};
    begin();
    faults(R"([{"resource":"agents","do":"status","status":403,"times":1},
               {"resource":"agents","do":"status","status":400}])");
    go_on_for(1min);
    ASSERT_THAT(list("agents").aside, HasSubstr("403"));
    const auto before = asked("agents record");
    go_on_for(2h);
    EXPECT_GT(asked("agents record"), before);
    EXPECT_LT(asked("agents record"), before + 1'000);
}

} // namespace
} // namespace callmirror::simulation

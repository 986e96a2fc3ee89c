// A record that two companies of an account share is one row: gone from one company's list, it is
// marked deleted only where it stands in no other.
#include "tests/simulation/stage.hpp"

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using simulator::resource;

class Shared : public Stage {
protected:
    Shared() {
        of_.world.company_ids = {123, 456};
        of_.account.companies = {123, 456};
        of_.account.resources = {"teams"};
        of_.account.requests_per_second = 5;
        of_.account.snapshot_interval = 10min;
        begin();
    }
    std::int64_t add(std::size_t company) {
        return world_->add(resource::teams, all_->true_time(), company);
    }
    void list_in(std::size_t company, std::int64_t id, bool listed) {
        EXPECT_TRUE(world_->set_listed(resource::teams, id, company, listed));
    }
    bool is_deleted(std::int64_t id) const {
        return store_->table("teams").at(std::to_string(id)).deleted_at.has_value();
    }
    // Looked at each minute.
    bool is_deleted_within(std::chrono::minutes time, std::int64_t id) {
        for (auto left = time; left > 0min && !is_deleted(id); left -= 1min) {
            go_on_for(1min);
        }
        return is_deleted(id);
    }
};

TEST_F(Shared, StaysWhereItMovesToACompanyThatIsReadOnceADay) {
    const auto moves = add(0);
    const auto changes = add(0);
    for (int i = 0; i < 4 * 24 * 6; ++i) { // the one list changes all the time, the other never
        go_on_for(10min);
        world_->change(resource::teams, changes, all_->true_time());
    }
    list_in(1, moves, true);
    list_in(0, moves, false);
    EXPECT_FALSE(is_deleted_within(26h, moves));
    world_->remove(resource::teams, moves);
    EXPECT_TRUE(is_deleted_within(26h, moves));
}

TEST_F(Shared, StaysWhereTheOtherListWasNeverRead) {
    faults(R"([{"target":"/456/teams","kind":"list","do":"status","status":500}])");
    const auto shared = add(0);
    list_in(1, shared, true);
    go_on_for(30min);
    list_in(0, shared, false);
    EXPECT_FALSE(is_deleted_within(24h, shared));
    EXPECT_GT(service_->log().of_label("teams record"), 1U);
}

TEST_F(Shared, GoesOnceItHasLeftBoth) {
    const auto shared = add(0);
    list_in(1, shared, true);
    go_on_for(30min);
    list_in(0, shared, false);
    go_on_for(26h);
    EXPECT_FALSE(is_deleted(shared));
    world_->remove(resource::teams, shared);
    EXPECT_TRUE(is_deleted_within(26h, shared));
}

TEST_F(Shared, GoesOnceTheCompanyThatMayNotBeReadIsNoLongerConfigured) {
    const auto shared = add(0);
    list_in(1, shared, true);
    go_on_for(30min);
    faults(R"([{"target":"/456/teams","do":"status","status":403}])");
    go_on_for(12h);
    world_->remove(resource::teams, shared);
    EXPECT_FALSE(is_deleted_within(3 * 24h, shared)); // nobody can tell
    of_.account.companies = {123};
    crowd_->start(0);
    EXPECT_TRUE(is_deleted_within(31 * 24h, shared));
}

// The other list was being read for long when the API's answer came.
TEST_F(Shared, DeletionsOfOneAreNotLeftToTheNextRun) {
    const auto alone = add(0);
    for (int i = 0; i < 3000; ++i) {
        add(1);
    }
    go_on_for(2h);
    world_->remove(resource::teams, alone);
    const engine::one_shot again{.range = {}, .again = true, .give_up_after = 15min};
    crowd_->start(0, again); // in the place of the one before, whose lease has to end first
    go_on_for(1h);
    ASSERT_EQ(process().ended(), engine::account_end::held_elsewhere);
    const auto lease_ends = all_->events.now() + 1min;
    while (all_->events.step(lease_ends)) {
        crowd_->run_ready();
    }
    crowd_->start(0, again);
    go_on_for(1h);
    ASSERT_EQ(process().ended(), engine::account_end::done);
    EXPECT_TRUE(is_deleted(alone));
}

} // namespace
} // namespace callmirror::simulation

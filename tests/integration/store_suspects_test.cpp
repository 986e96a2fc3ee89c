#include "tests/integration/store_fixture.hpp"

#include <gmock/gmock.h>

namespace callmirror::write {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Suspects : public StoreTest {};
class Orders : public StoreTest {};

TEST_F(Suspects, AreAskedForWhenTheirTimeHasCome) {
    const lease held = take();
    store.commit(calls(held, {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}}));
    const auto suspect = [](std::string key, suspect_state state, std::string_view ask_at) {
        suspect_row row;
        row.resource = "calls";
        row.key = std::move(key);
        row.slice = 5;
        row.state = state;
        row.missing_since = at("2026-01-01");
        row.ask_at = at(ask_at);
        return row;
    };
    commit_unit unit{.holder = held};
    unit.suspects = {suspect("1", suspect_state::ask, "2026-01-03"),
                     suspect("2", suspect_state::ask, "2026-01-02"),
                     suspect("3", suspect_state::held, "2026-01-01"),
                     suspect("4", suspect_state::ask, "2026-02-01"),
                     suspect("5", suspect_state::ask, "2026-02-04")}; // by a clock that was ahead
    store.commit(unit);
    const auto ask = [&](int most) {
        std::vector<std::string> keys;
        for (const auto& it : store.suspects_to_ask(held, "snapcall", resource_named("calls"), "",
                                                    at("2026-01-03"), most)) {
            EXPECT_TRUE(it.resolvable);
            EXPECT_THAT(it.parameters, ElementsAre(it.suspect.key));
            keys.push_back(it.suspect.key);
        }
        return keys;
    };
    EXPECT_THAT(ask(10), ElementsAre("2", "1", "5"));
    EXPECT_THAT(ask(1), ElementsAre("2"));
    const auto all = store.suspects_of(held, 5);
    ASSERT_EQ(all.size(), 5u);
    EXPECT_EQ(all[2].state, suspect_state::held);

    unit = {.holder = held};
    unit.cleared_suspects = {{"calls", "2"}, {"calls", "5"}, {"streams", "1"}};
    unit.suspects = {suspect("1", suspect_state::absent, "2026-01-03")};
    unit.moved_digests = {{5, 6}};
    store.commit(unit);
    EXPECT_THAT(ask(10), IsEmpty());
    EXPECT_THAT(store.suspects_of(held, 5), IsEmpty());
    EXPECT_EQ(store.suspects_of(held, 6).size(), 3u);
}

// What came of asking is written while a read may clear the suspect, or merge its slice.
TEST_F(Suspects, AreUpdatedOnlyWhereTheyStillStandInTheirPresentSlice) {
    const lease held = take();
    suspect_row suspect{.resource = "calls", .key = "1", .slice = 5};
    suspect.missing_since = at("2026-01-01");
    suspect.ask_at = at("2026-01-01");
    commit_unit unit{.holder = held};
    unit.suspects = {suspect};
    store.commit(unit);
    unit = {.holder = held};
    unit.moved_digests = {{5, 6}};
    store.commit(unit);

    unit = {.holder = held};
    suspect.ask_at = at("2026-02-01");
    suspect.attempts = 3;
    unit.asked_suspects = {suspect, suspect};
    unit.asked_suspects[1].key = "2"; // cleared meanwhile
    store.commit(unit);
    EXPECT_THAT(store.suspects_of(held, 5), IsEmpty());
    const auto there = store.suspects_of(held, 6);
    ASSERT_EQ(there.size(), 1u);
    EXPECT_EQ(there[0].ask_at, at("2026-02-01"));
    EXPECT_EQ(there[0].attempts, 3);
    EXPECT_EQ(there[0].missing_since, at("2026-01-01"));
}

TEST_F(Suspects, AreNotRowsThatStandAsTheDigestSays) {
    const lease held = take();
    const std::uint64_t largest = ~std::uint64_t{0};
    store.commit(calls(held, {{1, 1}, {2, 2}, {5, 5}, {10, 3}, {11, largest}}));
    store.commit(calls(held, {{2, 7}, {5, 6}}));
    commit_unit unit{.holder = held, .platform = "snapcall"};
    unit.table = &resource_named("calls");
    unit.deleted = {"10"};
    store.commit(unit);
    const auto unlike = [&](const std::vector<key_and_hash>& expected) {
        return store.unlike(held, "snapcall", resource_named("calls"), expected);
    };
    EXPECT_THAT(unlike({}), IsEmpty());
    EXPECT_THAT(unlike({{"11", largest}, {"2", 7}, {"1", 1}}), IsEmpty());
    // Of other content, deleted.
    EXPECT_THAT(unlike({{"1", 1}, {"2", 2}, {"10", 3}}), testing::UnorderedElementsAre("2", "10"));
    // Not there: no row of another slice between them is taken for it, whether it was written once
    // or again, and no deleted one.
    EXPECT_THAT(unlike({{"1", 1}, {"4", 4}, {"11", largest}}), testing::ElementsAre("4"));
    store.commit(calls(held, {{3, 3}}));
    EXPECT_THAT(unlike({{"1", 1}, {"4", 4}, {"11", largest}}), testing::ElementsAre("4"));
    EXPECT_THAT(unlike({{"1", 1}, {"11", largest}}), IsEmpty());
    // More foreign rows than are worth asking about.
    EXPECT_THAT(unlike({{"2", 7}}), IsEmpty());
    std::map<std::int64_t, std::uint64_t> many;
    for (int id = 100; id < 200; ++id) {
        many.emplace(id, 1);
    }
    store.commit(calls(held, many));
    EXPECT_THAT(unlike({{"100", 1}, {"199", 2}, {"98", 1}}),
                testing::UnorderedElementsAre("98", "199"));
    EXPECT_THAT(unlike({{"1", 1}, {"2", 7}, {"9", 4}, {"12", 4}}), testing::ElementsAre("9", "12"));
}

TEST_F(Suspects, AreNotRowsOfATextKeyThatStandAsTheDigestSays) {
    const lease held = take();
    const auto& buttons = resource_named("buttons");
    commit_unit unit{.holder = held, .platform = "snapcall"};
    unit.table = &buttons;
    for (const char* key : {"b", "a_", "B"}) {
        add_row(unit.rows, buttons, held.account, key, 1);
    }
    store.commit(unit);
    const auto unlike =
        store.unlike(held, "snapcall", buttons, {{"a_", 1}, {"b", 2}, {"B", 1}, {"c", 1}});
    EXPECT_THAT(unlike, testing::UnorderedElementsAre("b", "c"));
}

// An event's page at the API is named by its stream's token, which another table knows.
// Those that no list shows are found by their slice, and by nobody who asks for what is missing.
TEST_F(Suspects, ThatAreWatchedAreNotAskedForAsMissing) {
    const lease held = take();
    commit_unit unit{.holder = held};
    suspect_row watched;
    watched.resource = "calls";
    watched.key = "7";
    watched.slice = 5;
    watched.state = suspect_state::watched;
    watched.missing_since = at("2026-01-01");
    watched.ask_at = at("2026-01-01");
    unit.suspects = {watched};
    store.commit(unit);
    EXPECT_TRUE(
        store.suspects_to_ask(held, "snapcall", resource_named("calls"), "", at("2026-02-01"), 10)
            .empty());
    const auto found = store.suspects_of(held, 5);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].state, suspect_state::watched);
}

TEST_F(Suspects, KeysOfAnotherTableAreThoseOfRowsThatStand) {
    const lease held = take();
    commit_unit unit{.holder = held, .platform = "snapcall"};
    unit.table = &resource_named("users");
    add_row(unit.rows, *unit.table, "acme", "1", 1, "{}", {{"email", "b@x"}});
    add_row(unit.rows, *unit.table, "acme", "2", 1, "{}", {{"email", "a@x"}});
    add_row(unit.rows, *unit.table, "acme", "3", 1, "{}", {{"email", "a@x"}});
    add_row(unit.rows, *unit.table, "acme", "4", 1);
    add_row(unit.rows, *unit.table, "acme", "5", 1, "{}", {{"email", ""}});
    add_row(unit.rows, *unit.table, "acme", "6", 1, "{}", {{"email", "gone@x"}});
    store.commit(unit);
    commit_unit removal{.holder = held, .platform = "snapcall"};
    removal.table = unit.table;
    removal.deleted = {"6"};
    store.commit(removal);
    EXPECT_EQ(store.keys_of(held, "snapcall", {.table = "users", .column = "email"}),
              (std::vector<std::string>{"a@x", "b@x"}));
    EXPECT_TRUE(
        store.keys_of(take("other"), "snapcall", {.table = "users", .column = "email"}).empty());
}

TEST_F(Suspects, FindTheParametersOfTheirPath) {
    const lease held = take();
    commit_unit streams{.holder = held, .platform = "snapcall"};
    streams.table = &resource_named("streams");
    add_row(streams.rows, *streams.table, "acme", "70", 1, "{}", {{"token", "t/70"}});
    store.commit(streams);
    commit_unit events{.holder = held, .platform = "snapcall"};
    events.table = &resource_named("stream_events");
    add_row(events.rows, *events.table, "acme", "1", 1, "{}", {{"stream_id", "70"}});
    add_row(events.rows, *events.table, "acme", "2", 1, "{}", {{"stream_id", "71"}});
    add_row(events.rows, *events.table, "acme", "3", 1);
    for (const char* key : {"1", "2", "3", "4"}) {
        suspect_row row;
        row.resource = "stream_events";
        row.scope = "7";
        row.key = key;
        events.suspects.push_back(row);
    }
    store.commit(events);
    const auto list = store.suspects_to_ask(held, "snapcall", resource_named("stream_events"), "7",
                                            at("2026-01-01"), 10);
    ASSERT_EQ(list.size(), 4u);
    EXPECT_THAT(list[0].parameters, ElementsAre("t/70", "1"));
    EXPECT_TRUE(list[0].resolvable);
    EXPECT_FALSE(list[1].resolvable) << "its stream is not mirrored";
    EXPECT_FALSE(list[2].resolvable) << "it names no stream";
    EXPECT_FALSE(list[3].resolvable) << "it is not mirrored itself";
    EXPECT_THAT(store.suspects_to_ask(held, "snapcall", resource_named("stream_events"), "8",
                                      at("2026-01-01"), 10),
                IsEmpty());
}

TEST_F(Orders, AreOpenUntilTheyAreDone) {
    const lease held = take();
    EXPECT_FALSE(store.renew(held, 1min));
    order_row order;
    order.kind = "again";
    order.resource = "calls";
    order.from = at("2026-01-01");
    const auto first = store.place_order("acme", order);
    const auto second = store.place_order("acme", {.kind = "accept_deletes"});
    store.place_order("other", order);
    EXPECT_TRUE(store.renew(held, 1min));
    const auto open = store.open_orders(held);
    ASSERT_EQ(open.size(), 2u);
    EXPECT_EQ(open[0].id, first);
    EXPECT_EQ(open[0].kind, "again");
    EXPECT_EQ(open[0].resource, "calls");
    EXPECT_EQ(open[0].from, at("2026-01-01"));
    EXPECT_EQ(open[0].to, end_of_time);
    EXPECT_EQ(open[1].from, start_of_time);
    commit_unit unit{.holder = held};
    unit.done_orders = {first};
    store.commit(unit);
    ASSERT_EQ(store.open_orders(held).size(), 1u);
    EXPECT_EQ(store.open_orders(held)[0].id, second);
}

} // namespace
} // namespace callmirror::write

// Records come and go while the pages of a list are read. A closed slice's read shows that and is
// repeated: after the backfill the mirror equals the source. What a read can't notice, a second one
// finds; README's limits say what that is.
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

// What one drift does, as a rule of the simulator has it.
struct change {
    const char* name;
    const char* drift;
};

constexpr change removals[] = {{"RemovedFirst", R"({"do":"remove","rank":0})"},
                               {"RemovedInTheMiddle", R"({"do":"remove","rank":130})"},
                               {"RemovedLast", R"({"do":"remove","rank":-1})"}};
constexpr change insertions[] = {{"InsertedFirst", R"({"do":"insert","rank":0})"},
                                 {"InsertedInTheMiddle", R"({"do":"insert","rank":130})"},
                                 {"InsertedLast", R"({"do":"insert","rank":-1})"}};

class Drift : public MirrorTest {
protected:
    // 240 calls of four hours, five days ago, in pages of 20.
    void prepare(api_source& from) {
        config.resources = R"("calls")";
        config.page_size = 20;
        config.history_start = format_day(now() - std::chrono::days(7));
        from.add(resource::calls, floor_day(now() - std::chrono::days(5)) + 8h, 240, 1min);
        configure(from);
    }

    // Three times while these pages are read first, once while they are read again.
    static void let_drift(api_source& from, const std::string& drifts) {
        std::string rules;
        for (const auto& [page, times] : {std::pair(9, 1), {5, 2}, {1, 1}}) {
            rules += std::string(rules.empty() ? "" : ",") +
                     R"({"name":"drift","resource":"calls","kind":"list","target":"page=)" +
                     std::to_string(page) + R"(&","times":)" + std::to_string(times) +
                     R"(,"do":"none","drift":[)" + drifts + "]}";
        }
        from.faults('[' + rules + ']');
    }

    // `inserted` and `removed`: how many each drift does. One that is not noticed leads to no
    // second pass, which would have brought the fourth.
    void expect_backfilled(api_source& from, int inserted, int removed) {
        const auto before = from.ids(resource::calls).size();
        const auto done = run("backfill");
        EXPECT_EQ(done.status, 0) << done.text();
        const auto fired = from.fired("drift");
        EXPECT_GE(fired, 3U) << done.text();
        const auto made =
            from.with([](simulator::world& data) { return data.created_count(resource::calls); });
        EXPECT_EQ(made, before + fired * static_cast<unsigned>(inserted));
        EXPECT_EQ(from.ids(resource::calls).size(), made - fired * static_cast<unsigned>(removed));
    }

    // As long as a removal may be unseen, which only reading again can tell.
    void expect_nothing_lost(api_source& from) {
        const auto differs = differences(from, {resource::calls});
        EXPECT_THAT(differs, Not(HasSubstr("not mirrored")));
        EXPECT_THAT(differs, Not(HasSubstr("though it is there")));
    }

    void expect_equal_after_another_read(api_source& from) {
        from.no_more_faults();
        const auto again = run("backfill --again");
        EXPECT_EQ(again.status, 0) << again.text();
        EXPECT_EQ(differences(from, {resource::calls}), "") << again.text();
    }
};

// Order of the list, and where it serves totals.
class DriftIn : public Drift,
                public testing::WithParamInterface<std::pair<const char*, const char*>> {
protected:
    std::unique_ptr<api_source> source() {
        auto from = std::make_unique<api_source>(empty_world());
        from->manner("order", GetParam().first);
        from->manner("totals", GetParam().second);
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        prepare(*from);
        return from;
    }
};

TEST_P(DriftIn, OfInsertionsIsNoticed) {
    for (const auto& each : insertions) {
        SCOPED_TRACE(each.name);
        const auto from = source();
        let_drift(*from, each.drift);
        expect_backfilled(*from, 1, 0);
        EXPECT_EQ(differences(*from, {resource::calls}), "");
    }
}

// Of a record that was read already and then removed no page tells: only a total does.
TEST_P(DriftIn, OfRemovalsLosesNoOtherRecord) {
    for (const auto& each : removals) {
        SCOPED_TRACE(each.name);
        const auto from = source();
        let_drift(*from, each.drift);
        expect_backfilled(*from, 0, 1);
        expect_nothing_lost(*from);
        if (*GetParam().second != '\0') {
            EXPECT_EQ(differences(*from, {resource::calls}), "");
        }
        expect_equal_after_another_read(*from);
    }
}

// Both at once may make up for each other: the second read finds it.
TEST_P(DriftIn, OfBothIsFoundByTheSecondReadAtTheLatest) {
    for (const auto& [removed, inserted] : {std::pair(0, 2), {0, 0}, {2, 0}, {1, 1}}) {
        SCOPED_TRACE(std::string(removals[removed].name) + ' ' + insertions[inserted].name);
        const auto from = source();
        let_drift(*from, std::string(removals[removed].drift) + ',' + insertions[inserted].drift);
        expect_backfilled(*from, 1, 1);
        expect_equal_after_another_read(*from);
    }
}

TEST_P(DriftIn, OfMovesAndReturnsIsFoundByTheSecondReadAtTheLatest) {
    for (const char* each : {R"({"do":"move","rank":3,"shift_ms":-7200000})",
                             R"({"do":"move","rank":200,"shift_ms":90000})",
                             R"({"do":"remove","rank":50},{"do":"return_removed"})",
                             R"({"do":"change","rank":100})"}) {
        SCOPED_TRACE(each);
        const auto from = source();
        let_drift(*from, each);
        expect_backfilled(*from, 0, 0);
        expect_equal_after_another_read(*from);
    }
}

INSTANTIATE_TEST_SUITE_P(Order, DriftIn,
                         testing::Values(std::pair("newest", "total"),
                                         std::pair("newest", "header:X-Total-Count"),
                                         std::pair("newest", ""), std::pair("oldest", "total"),
                                         std::pair("oldest", "")),
                         [](const auto& of) {
                             const std::string_view order = of.param.first;
                             const std::string_view totals = of.param.second;
                             return std::string(order == "newest" ? "NewestFirst" : "OldestFirst") +
                                    (totals.empty()      ? "WithoutTotals"
                                     : totals == "total" ? "WithTotals"
                                                         : "WithTotalsInAHeader");
                         });

// ---- with other troubles

TEST_F(Drift, AmongShortPagesIsNoticed) {
    for (const char* totals : {"total", ""}) {
        SCOPED_TRACE(totals);
        api_source from(empty_world());
        from.manner("hidden_per_250", "20");
        from.manner("totals", totals);
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        prepare(from);
        let_drift(from, R"({"do":"remove","rank":4},{"do":"insert","rank":9})");
        expect_backfilled(from, 1, 1);
        expect_nothing_lost(from);
        expect_equal_after_another_read(from);
    }
}

TEST_F(Drift, AmongRecordsOfOneInstantIsNoticed) {
    for (const char* totals : {"total", ""}) {
        SCOPED_TRACE(totals);
        api_source from(empty_world());
        from.manner("totals", totals);
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        prepare(from);
        config.page_size = 100;
        write_configuration();
        from.add(resource::calls, now() - std::chrono::days(4), 1500);
        let_drift(from, R"({"do":"insert","rank":70})");
        expect_backfilled(from, 1, 0);
        EXPECT_EQ(differences(from, {resource::calls}), "");
    }
}

// A list that never holds still is not believed, and said so; it is once it does.
TEST_F(Drift, ThatNeverEndsIsNotBelieved) {
    api_source from(empty_world());
    prepare(from);
    from.faults(R"([{"resource":"calls","kind":"list","target":"end=","every":3,"do":"none",
                     "drift":[{"do":"insert","rank":0},{"do":"remove","rank":-1}]}])");
    const auto done = run("backfill", 120s);
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("records moved in each of 4 reads"));
    EXPECT_GE(number("select count(*) from callmirror.slices where read_at is null and ends <> "
                     "'infinity'"),
              1);
    from.no_more_faults();
    const auto again = run("backfill");
    EXPECT_EQ(again.status, 0) << again.text();
    expect_nothing_lost(from);
    // So many came and went that their deletion wants a word.
    const auto accepted = run("deletes accept");
    EXPECT_EQ(accepted.status, 0) << accepted.text();
    EXPECT_EQ(differences(from, {resource::calls}), "");
}

// ---- at the head, which the daemon reads every second

class DriftAtTheHead : public Drift {};

TEST_F(DriftAtTheHead, IsMadeUpForByTheNextReads) {
    for (const char* order : {"newest", "oldest"}) {
        SCOPED_TRACE(order);
        api_source from(empty_world());
        from.manner("order", order);
        from.manner("totals", "");
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        prepare(from);
        from.add(resource::calls, now() - 10min, 90, 5s);
        from.faults(R"([{"name":"drift","resource":"calls","kind":"list","every":2,"times":20,
            "do":"none","drift":[{"do":"remove","rank":10},{"do":"insert","rank":0},
                                 {"do":"change","rank":3}]}])");
        const auto daemon = start("run");
        EXPECT_TRUE(eventually([&] { return from.fired("drift") == 20U; }, 40s)) << daemon->err();
        // What was removed from a slice that is closed by now is found when that is read again.
        EXPECT_TRUE(eventually([&] {
            const auto differs = differences(from, {resource::calls});
            return differs.find("not mirrored") == std::string::npos &&
                   differs.find("though it is there") == std::string::npos &&
                   differs.find("another content") == std::string::npos;
        })) << differences(from, {resource::calls})
            << daemon->err();
        daemon->signal(SIGTERM);
        EXPECT_EQ(daemon->wait().status, 0) << daemon->err();
        expect_equal_after_another_read(from);
    }
}

// A call that is planned for the next days, or a server's clock that is ahead.
TEST_F(DriftAtTheHead, OfRecordsDatedAheadIsFollowed) {
    api_source from(empty_world());
    prepare(from);
    const auto daemon = start("run");
    ASSERT_TRUE(equal_within(from)) << differences(from) << daemon->err();
    std::vector<std::int64_t> ahead;
    for (const auto by : {2s, 3600s, 86400s, 86400s * 40}) {
        const auto made = from.add(resource::calls, now() + by, 15, 1s);
        ahead.insert(ahead.end(), made.begin(), made.end());
        EXPECT_TRUE(equal_within(from)) << differences(from) << daemon->err();
    }
    from.with([&](simulator::world& data) {
        data.remove(resource::calls, ahead.at(16));
        data.remove(resource::calls, ahead.at(50));
        data.change(resource::calls, ahead.at(31), now());
        data.move(resource::calls, ahead.at(40), now() + 50h);
    });
    EXPECT_TRUE(equal_within(from)) << differences(from) << daemon->err();
    EXPECT_EQ(number("select count(*) from snapcall.calls where deleted_at is not null"), 2);
}

} // namespace
} // namespace callmirror::integration

// What is gone at the source is marked as deleted: only on proof, never in a crowd without a word,
// and not for good.
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

#include <set>

namespace callmirror::integration {
namespace {

using ids = std::vector<std::int64_t>;

class Deletes : public MirrorTest {
protected:
    static void remove(api_source& from, resource of, const ids& which) {
        from.with([&](simulator::world& data) {
            for (const auto id : which) {
                data.remove(of, id);
            }
        });
    }
    static void bring_back(api_source& from, resource of, const ids& which) {
        from.with([&](simulator::world& data) {
            for (const auto id : which) {
                data.return_removed(of, id);
            }
        });
    }
    // `count` of them, from all over the list.
    static ids some(api_source& from, resource of, std::size_t count) {
        const auto all = from.ids(of);
        ids chosen;
        for (std::size_t i = 0; i < count; ++i) {
            chosen.push_back(all.at(i * all.size() / count));
        }
        return chosen;
    }
    long deleted(const char* table) const {
        return number(std::string("select count(*) from snapcall.") + table +
                      " where deleted_at is not null");
    }
    long suspects() const { return number("select count(*) from callmirror.suspects"); }
    // Ids of the calls whose own endpoint answered with this status.
    static std::set<std::int64_t> calls_answered(api_source& from, int status) {
        constexpr std::string_view path = "/v2/calls/";
        return from.with_service([&](simulator::service& api) {
            std::set<std::int64_t> found;
            for (const auto& each : api.log().entries()) {
                if (each.status == status && each.target.starts_with(path)) {
                    found.insert(std::stoll(each.target.substr(path.size())));
                }
            }
            return found;
        });
    }
    ended read_again() {
        auto done = run("backfill --again");
        EXPECT_EQ(done.status, 0) << done.text();
        return done;
    }
};

// A backfill said that all was read, while nobody knew what had become of them.
TEST_F(Deletes, ThatTheApiSaysNothingAboutAreNamedAtTheEnd) {
    api_source from;
    expect_mirrored(from);
    remove(from, resource::calls, some(from, resource::calls, 4));
    from.faults(R"([{"resource":"calls","kind":"record","do":"status","status":500}])");
    const auto done = run("backfill --again", 120s);
    EXPECT_EQ(done.status, 0) << "the lists are read: " << done.text();
    EXPECT_THAT(done.out, testing::HasSubstr("4 records that it no longer shows"));
    EXPECT_EQ(deleted("calls"), 0);
}

// ---- proof

TEST_F(Deletes, AreMarkedByABackfillAgainOnceTheirOwnEndpointSaysGone) {
    for (const int gone : {404, 410}) {
        SCOPED_TRACE(gone);
        api_source from;
        from.manner("gone_status", std::to_string(gone));
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        config.page_size = 20;
        expect_mirrored(from);
        const auto calls = some(from, resource::calls, 6);
        remove(from, resource::calls, calls);
        remove(from, resource::streams, some(from, resource::streams, 3)); // with their events
        remove(from, resource::stream_events, some(from, resource::stream_events, 4));
        EXPECT_EQ(deleted("calls"), 0);
        const auto done = read_again();
        EXPECT_EQ(differences(from), "") << done.text();
        EXPECT_EQ(calls_answered(from, gone), std::set(calls.begin(), calls.end()));
        EXPECT_EQ(deleted("calls"), 6);
        EXPECT_EQ(deleted("streams"), 3);
        EXPECT_EQ(suspects(), 0);
    }
}

// Asked for in the company that it has left, the API says 404.
TEST_F(Deletes, AreNoneWhereAnotherCompanyStillListsTheRecord) {
    auto world = small_world();
    world.company_ids = {123, 77};
    api_source from(world);
    config.resources = R"("calls", "streams", "stream_events", "users")";
    const auto user = from.ids(resource::users).front(); // of the first company
    const auto list_it = [&](std::size_t company, bool listed) {
        EXPECT_TRUE(from.with([&](simulator::world& data) {
            return data.set_listed(resource::users, user, company, listed);
        }));
    };
    list_it(1, true);
    expect_mirrored(from);
    list_it(0, false);
    read_again();
    EXPECT_EQ(differences(from, {resource::users}), "");
    EXPECT_EQ(deleted("users"), 0);
    list_it(0, true); // and it leaves the other one
    list_it(1, false);
    read_again();
    EXPECT_EQ(deleted("users"), 0);
    remove(from, resource::users, {user});
    read_again();
    EXPECT_EQ(differences(from, {resource::users}), "");
    EXPECT_EQ(deleted("users"), 1);
}

// The last slice to be read may be the one with the suspects, and slow to be committed.
TEST_F(Deletes, AreAllAskedForBeforeABackfillEnds) {
    config.history_start = format_day(now() - std::chrono::days(6));
    api_source from(empty_world());
    const auto yesterday = now() - 24h;
    const auto calls = from.add(resource::calls, yesterday, 20, 1s);
    const auto streams = from.add(resource::streams, yesterday, 20, 1s);
    expect_mirrored(from);
    cluster().sql(database,
                  "create function linger() returns trigger language plpgsql as $$ begin perform "
                  "pg_sleep(case new.resource when 'calls' then 0.2 else 1.5 end); return new; "
                  "end $$; create trigger linger before insert on callmirror.suspects for each row "
                  "execute function linger()");
    remove(from, resource::calls, {calls.at(7)});
    remove(from, resource::streams, {streams.at(7)});
    const auto done = read_again();
    EXPECT_EQ(differences(from), "") << done.text();
    EXPECT_EQ(suspects(), 0);
}

TEST_F(Deletes, AreMarkedByTheDaemon) {
    api_source from;
    from.add(resource::calls, now() - 5min, 12, 1s);
    configure(from);
    const auto daemon = start("run");
    ASSERT_TRUE(equal_within(from)) << differences(from) << daemon->err();
    const auto latest = from.ids(resource::calls);
    const ids gone(latest.end() - 3, latest.end());
    remove(from, resource::calls, gone);
    EXPECT_TRUE(equal_within(from)) << differences(from) << daemon->err();
    EXPECT_EQ(calls_answered(from, 404), std::set(gone.begin(), gone.end()));
    // And back again.
    bring_back(from, resource::calls, gone);
    EXPECT_TRUE(equal_within(from)) << differences(from) << daemon->err();
    EXPECT_EQ(deleted("calls"), 0);
}

TEST_F(Deletes, AreNotConcludedFromAnythingButGone) {
    config.give_up_after = "60s";
    for (const char* status : {"401", "403", "500"}) {
        SCOPED_TRACE(status);
        api_source from;
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        expect_mirrored(from);
        remove(from, resource::calls, some(from, resource::calls, 1));
        from.manner("record_status", status);
        const auto done = run("backfill --again");
        EXPECT_EQ(done.status, std::string_view(status) == "401" ? 77 : 0) << done.text();
        EXPECT_GE(calls_answered(from, std::stoi(status)).size(), 1U);
        EXPECT_EQ(deleted("calls"), 0);
        EXPECT_GE(suspects(), 1);
        // Asked for again by and by.
        from.manner("record_status", "200");
        cluster().sql(database, "update callmirror.suspects set ask_at = now()");
        read_again();
        expect_equal(from);
        EXPECT_EQ(suspects(), 0);
    }
}

// A list that shows nothing for once, completely and with status 200: each record is asked for.
TEST_F(Deletes, AreNotConcludedFromAListThatHidesRecords) {
    api_source from(empty_world());
    from.add(resource::calls, now() - std::chrono::days(5), 30, 1min);
    expect_mirrored(from);
    from.faults(R"([{"name":"hides","resource":"calls","kind":"list","target":"end=","do":"status",
        "status":200,"body":"{\"data\":[],\"total\":0}"}])");
    read_again();
    EXPECT_GE(from.fired("hides"), 1U);
    EXPECT_EQ(calls_answered(from, 200).size(), 30U);
    expect_equal(from);
    from.no_more_faults();
    read_again();
    expect_equal(from);
    EXPECT_EQ(suspects(), 0);
}

TEST_F(Deletes, OfARecordThatOnlyMovedShowItsUpdate) {
    config.history_start = format_day(now() - std::chrono::days(12));
    api_source from;
    expect_mirrored(from);
    const auto id = from.ids(resource::calls).at(300);
    const auto where = " from snapcall.calls where id = " + std::to_string(id);
    from.with([&](simulator::world& data) { // to where no list is asked for
        data.move(resource::calls, id, now() - std::chrono::days(40));
    });
    read_again();
    EXPECT_EQ(calls_answered(from, 200), std::set{id});
    expect_equal(from);
    EXPECT_EQ(
        value("select created_at < now() - interval '39 days' and deleted_at is null" + where),
        "t");
    // No list shows it, so it is asked for from time to time, until it is gone.
    remove(from, resource::calls, {id});
    cluster().sql(database, "update callmirror.suspects set ask_at = now()");
    read_again();
    expect_equal(from);
    EXPECT_EQ(deleted("calls"), 1);
}

TEST_F(Deletes, AreTakenBackWhenTheRecordReturns) {
    api_source from;
    expect_mirrored(from);
    const auto calls = some(from, resource::calls, 4);
    const auto streams = some(from, resource::streams, 2);
    remove(from, resource::calls, calls);
    remove(from, resource::streams, streams);
    read_again();
    expect_equal(from);
    EXPECT_EQ(deleted("calls"), 4);
    EXPECT_EQ(deleted("streams"), 2);
    bring_back(from, resource::calls, calls);
    bring_back(from, resource::streams, streams);
    from.with([&](simulator::world& data) { data.change(resource::calls, calls.front(), now()); });
    read_again();
    expect_equal(from);
    EXPECT_EQ(deleted("calls") + deleted("streams") + deleted("stream_events"), 0);
}

// An event's own endpoint needs its stream's token. Where streams are not mirrored, two complete
// reads in a row without it are the proof.
TEST_F(Deletes, WithoutAnEndpointOfTheirOwnTakeTwoCompleteReads) {
    config.resources = R"("stream_events")";
    api_source from;
    configure(from);
    read_again();
    const auto events = some(from, resource::stream_events, 4);
    const auto hidden = some(from, resource::stream_events, 9).at(5);
    remove(from, resource::stream_events, events);
    remove(from, resource::stream_events, {hidden});
    read_again();
    EXPECT_EQ(deleted("stream_events"), 0);
    bring_back(from, resource::stream_events, {hidden}); // missed by one read only
    read_again();
    EXPECT_EQ(deleted("stream_events"), 4);
    EXPECT_EQ(differences(from, {resource::stream_events}), "");
    EXPECT_EQ(from.requests("stream_events record"), 0U);
    EXPECT_EQ(suspects(), 0);
}

} // namespace
} // namespace callmirror::integration

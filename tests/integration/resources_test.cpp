// Every resource of the API beside calls, streams and events: lists without time axis, records that
// no list shows, days, and credentials that must not be kept.
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<resource> all_of_them{resource::calls,
                                        resource::partner_calls,
                                        resource::partner_stats,
                                        resource::streams,
                                        resource::stream_events,
                                        resource::buttons,
                                        resource::users,
                                        resource::teams,
                                        resource::roles,
                                        resource::invites,
                                        resource::schedule_templates,
                                        resource::booking_pages,
                                        resource::integrations,
                                        resource::agents};

simulator::world_options whole_world() {
    auto options = small_world();
    options.partner_calls_per_day = 8;
    options.users = 30;
    return options;
}

class Resources : public MirrorTest {
protected:
    Resources() { config.resources = ""; }

    void expect_all_equal(api_source& from) { EXPECT_EQ(differences(from, all_of_them), ""); }
    static ended stop(child& running) {
        running.signal(SIGTERM);
        return running.wait();
    }
    static std::string text_of(const child& running) { return running.out() + running.err(); }
    // Tables with a row in which `text` stands.
    std::string tables_with(const std::string& text) const;
};

std::string Resources::tables_with(const std::string& text) const {
    std::string found;
    const auto tables = cluster().sql(
        database, "select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables "
                  "where schemaname not in ('pg_catalog', 'information_schema')");
    for (const auto& row : tables) {
        const std::string name = row[0].c_str();
        const auto there = value("select count(*) from " + name + " t where position('" + text +
                                 "' in t::text) > 0");
        found += there == "0" ? "" : name + ' ';
    }
    // Above, bytes are hexadecimal digits.
    const auto digests =
        value("select count(*) from callmirror.digests where position(convert_to('" + text +
              "', 'UTF8') in content) > 0");
    return found + (digests == "0" ? "" : "callmirror.digests");
}

TEST_F(Resources, AreAllMirroredWhereNoneIsNamed) {
    api_source from(whole_world());
    configure(from);
    const auto done = run("backfill", 120s);
    EXPECT_EQ(done.status, 0) << done.text();
    expect_all_equal(from);
    for (const auto each : all_of_them) {
        const std::string name(simulator::info(each).name);
        EXPECT_GT(number("select count(*) from snapcall." + name), 0) << name;
    }
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), 0);
    EXPECT_EQ(number("select count(*) from callmirror.slices "
                     "where read_at is null and ends <> 'infinity'"),
              0); // a head that was cut at the end is saved by the next read
    from.with_service([](simulator::service& api) {
        EXPECT_EQ(api.log().undocumented(), 0U);
        EXPECT_EQ(api.log().not_get(), 0U);
    });
    // Each agent was asked for once, and is not again today; tomorrow's requests are spread out.
    EXPECT_EQ(value("select min(ask_at) > now() + interval '23 h' and "
                    "max(ask_at) < now() + interval '30 h' and "
                    "max(ask_at) - min(ask_at) > interval '1 h' "
                    "from callmirror.suspects where resource = 'agents'"),
              "t");
    const auto agents = from.requests("agents record");
    EXPECT_EQ(agents, from.ids(resource::users).size());
    EXPECT_EQ(run("backfill --again", 120s).status, 0);
    EXPECT_EQ(from.requests("agents record"), agents);
    expect_all_equal(from);
}

TEST_F(Resources, FillTheirColumns) {
    api_source from(whole_world());
    configure(from);
    EXPECT_EQ(run("backfill", 120s).status, 0);
    EXPECT_EQ(value("select bool_and(email is not null and name is not null and role is not null "
                    "and role_id is not null and team_id is not null) from snapcall.users"),
              "t");
    EXPECT_EQ(value("select bool_and(day = id::date::timestamp at time zone 'UTC' and calls >= 0) "
                    "from snapcall.partner_stats"),
              "t");
    EXPECT_EQ(value("select sum(calls) from snapcall.partner_stats"),
              value("select count(*) from snapcall.partner_calls"));
    EXPECT_EQ(value("select bool_and(config->>'color' is not null and active is not null and "
                    "timezone = 'Europe/Paris') from snapcall.buttons"),
              "t");
    EXPECT_EQ(value("select bool_and(u.id is not null) from snapcall.agents a left join "
                    "snapcall.users u on u.account = a.account and u.email = a.id"),
              "t");
    EXPECT_EQ(value("select bool_and(wrap_up_time = 30 and last_bridge_end is not null) "
                    "from snapcall.agents"),
              "t");
}

TEST_F(Resources, FillTheColumnsOfCallsInWhateverStyleTheirNamesAre) {
    config.resources = R"("calls")";
    for (const char* style : {"snake", "camel", "terse"}) {
        SCOPED_TRACE(style);
        api_source from(whole_world());
        from.manner("call_names", style);
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        configure(from);
        EXPECT_EQ(run("backfill").status, 0);
        EXPECT_EQ(
            value("select string_agg(name, ', ') from (select key as name from snapcall.calls, "
                  "jsonb_each(to_jsonb(calls) - 'raw' - 'deleted_at') group by key "
                  "having bool_and(value = 'null')) empty"),
            "");
    }
}

TEST_F(Resources, FollowChangesAndDeletions) {
    api_source from(whole_world());
    config.more_of_account = "snapshot_interval = \"1s\"\n";
    configure(from);
    EXPECT_EQ(run("backfill", 120s).status, 0);
    const std::vector<resource> changing{resource::buttons,       resource::users,
                                         resource::teams,         resource::roles,
                                         resource::invites,       resource::schedule_templates,
                                         resource::booking_pages, resource::integrations};
    auto mirror = start("run");
    from.with([&](simulator::world& data) {
        for (const auto each : changing) {
            data.change(each, data.id_of(each, 1), now());
            data.remove(each, data.id_of(each, 0));
            data.add(each, now());
        }
    });
    // Agents are asked for once a day; those of new users at once.
    EXPECT_TRUE(eventually([&] { return differences(from, changing).empty(); }, 90s))
        << differences(from, changing) << text_of(*mirror);
    EXPECT_TRUE(eventually(
        [&] {
            return number("select count(*) from snapcall.users u where deleted_at is null and not "
                          "exists (select from snapcall.agents a where a.account = u.account and "
                          "a.id = u.email)") == 0;
        },
        30s));
    EXPECT_EQ(number("select count(*) from snapcall.roles where deleted_at is not null"), 1);
    // An agent who is gone with the user is found out about when its day has passed.
    cluster().sql(database, "update callmirror.suspects set ask_at = now() - interval '1 min' "
                            "where resource = 'agents'");
    EXPECT_EQ(stop(*mirror).status, 0) << text_of(*mirror);
    mirror = start("run");
    EXPECT_TRUE(eventually([&] { return differences(from, {resource::agents}).empty(); }, 60s))
        << differences(from, {resource::agents}) << text_of(*mirror);
    from.with([&](simulator::world& data) { // and some are back
        for (const auto each : changing) {
            data.return_removed(each, data.id_of(each, 0));
        }
    });
    EXPECT_TRUE(eventually([&] { return differences(from, changing).empty(); }, 90s))
        << differences(from, changing) << text_of(*mirror);
    EXPECT_EQ(stop(*mirror).status, 0) << text_of(*mirror);
}

TEST_F(Resources, ThatLoseAFifthAtOnceWaitForAWord) {
    auto options = whole_world();
    options.users = 80;
    api_source from(options);
    config.resources = R"("users")";
    configure(from);
    EXPECT_EQ(run("backfill").status, 0);
    from.with([&](simulator::world& data) {
        for (simulator::ordinal i = 0; i < 40; ++i) {
            data.remove(resource::users, data.id_of(resource::users, i));
        }
    });
    const auto again = run("backfill --again");
    EXPECT_THAT(again.text(), HasSubstr("over a fifth of it"));
    EXPECT_EQ(number("select count(*) from snapcall.users where deleted_at is not null"), 0);
    const auto accepted = run("deletes accept");
    EXPECT_EQ(accepted.status, 0) << accepted.text();
    EXPECT_EQ(differences(from, {resource::users}), "");
}

// ---- manners

TEST_F(Resources, ArePagedAsTheServerLikes) {
    api_source from(whole_world());
    for (const auto& [name, value] :
         {std::pair("first_page", "1"), std::pair("max_limit", "7"), std::pair("totals", ""),
          std::pair("envelope", "{name}"), std::pair("record_envelope", "data"),
          std::pair("order", "shuffled"), std::pair("dates", "epoch_ms")}) {
        from.manner(name, value);
    }
    configure(from);
    const auto done = run("backfill", 120s);
    EXPECT_EQ(done.status, 0) << done.text();
    expect_all_equal(from);
}

// A day that is cut through must not be taken for a whole one, nor be left out.
TEST_F(Resources, OfDaysAreWholeWhateverTheEndsOfARangeMean) {
    config.resources = R"("partner_calls", "partner_stats")";
    for (const char* grain : {"millisecond", "day"}) {
        for (const char* inclusive : {"true", "false"}) {
            SCOPED_TRACE(std::string(grain) + ' ' + inclusive);
            api_source from(whole_world());
            from.manner("partner_stats.grain", grain);
            from.manner("partner_stats.start_inclusive", inclusive);
            from.manner("partner_stats.end_inclusive", inclusive);
            database = cluster().migrated_database();
            config.database_url = cluster().url(database);
            configure(from);
            const auto done = run("backfill");
            EXPECT_EQ(done.status, 0) << done.text();
            EXPECT_EQ(differences(from, {resource::partner_stats}), "");
            from.with_service(
                [](simulator::service& api) { EXPECT_FALSE(api.log().by_status().contains(400)); });
        }
    }
}

// ---- credentials

TEST_F(Resources, LeaveNoCredentialInTheDatabase) {
    api_source from(whole_world());
    std::vector<std::string> secrets{"not-to-be-kept"};
    from.with([&](simulator::world& data) {
        for (simulator::ordinal i = 0; i < data.created_count(resource::invites); ++i) {
            secrets.push_back(data.key_text(resource::invites, i));
        }
        // Records that can't be mirrored are kept as text: without credentials, too.
        const auto spoilt = [&](resource of, simulator::ordinal which, const char* text) {
            data.replace_text(of, data.id_of(of, which), text);
        };
        spoilt(resource::users, 2, R"({"no_id":1,"password":"not-to-be-kept-user"})");
        spoilt(resource::users, 3, R"({"id":7x,"reset_token":"not-to-be-kept-broken"})");
        spoilt(resource::invites, 1, R"({"token":["not-to-be-kept-in-a-list"]})");
        spoilt(resource::integrations, 1,
               R"({"name":"without an id","oauth":{"clientSecret":"not-to-be-kept-at-all"}})");
    });
    configure(from);
    const auto done = run("backfill", 120s);
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_GE(secrets.size(), 3U);
    for (const auto& secret : secrets) {
        EXPECT_EQ(tables_with(secret), "") << secret;
        EXPECT_THAT(done.text(), Not(HasSubstr(secret)));
    }
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), 3);
    EXPECT_EQ(value("select raw->'oauth'->>'clientSecret' from snapcall.integrations where id "
                    "like 'hash-%'"),
              "[removed]");
    // The search finds what is there.
    EXPECT_THAT(tables_with("without an id"), HasSubstr("snapcall.integrations"));
    EXPECT_THAT(tables_with("agent1@company.example"), HasSubstr("callmirror.digests"));
}

// ---- rights

TEST_F(Resources, ThatTheKeyMayNotReadLeaveTheOthersAlone) {
    api_source from(whole_world());
    for (const char* name : {"partner_calls", "partner_stats", "roles", "users"}) {
        from.manner(std::string(name) + ".list_status", "403");
    }
    from.manner("agents.record_status", "403");
    configure(from);
    const auto done = run("backfill", 120s);
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_EQ(differences(from, {resource::calls, resource::teams, resource::invites}), "");
    const auto status = run("status");
    EXPECT_THAT(status.out, HasSubstr("roles: set aside"));
    EXPECT_THAT(status.out, Not(HasSubstr("roles: set aside: 403\nneeds a person")));
    const auto check = run("check");
    EXPECT_EQ(check.status, 0) << check.text();
    EXPECT_THAT(check.out, HasSubstr("not readable with this key"));

    // Named, it is a fault.
    config.resources = R"("roles", "teams")";
    configure(from);
    EXPECT_EQ(run("backfill").status, 1);

    from.manner("roles.list_status", "200");
    EXPECT_EQ(run("backfill").status, 0);
    EXPECT_EQ(differences(from, {resource::roles}), "");
}

TEST_F(Resources, ThatAreSetAsideAreSaidSoOnce) {
    api_source from(whole_world());
    from.manner("roles.list_status", "403");
    config.more_of_account = "snapshot_interval = \"1s\"\n";
    configure(from);
    auto mirror = start("run");
    EXPECT_TRUE(eventually([&] {
        return number("select count(*) from callmirror.listings where aside_until is not null and "
                      "resource = 'roles'") == 1;
    }));
    EXPECT_TRUE(eventually([&] { return run("status").status == 0; }, 60s)) << run("status").text();
    EXPECT_EQ(stop(*mirror).status, 0) << text_of(*mirror);
    const auto text = text_of(*mirror);
    const auto first = text.find("roles page 0: 403");
    ASSERT_NE(first, std::string::npos) << text;
    EXPECT_EQ(text.find("roles page 0: 403", first + 1), std::string::npos) << text;
}

// ---- agents

TEST_F(Resources, WithoutAListOutliveOneThatCannotBeHad) {
    api_source from(whole_world());
    from.faults(R"([{"name":"one","target":"agent3%40","do":"status","status":400,
                     "body":"{\"message\":\"agent3@company.example is no agent\"}"}])");
    configure(from);
    const auto done = run("backfill", 180s);
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.text(), HasSubstr("agents record: 400"));
    EXPECT_THAT(done.text() + run("status").text(), Not(HasSubstr("agent3")));
    EXPECT_GT(from.fired("one"), 0U);
    EXPECT_THAT(differences(from, {resource::agents}),
                HasSubstr("agents agent3@company.example: not mirrored"));
    from.no_more_faults();
    EXPECT_EQ(run("backfill", 120s).status, 0);
    expect_all_equal(from);
}

// A 404 for each of them is what a changed role looks like.
TEST_F(Resources, WithoutAListThatAreNearlyAllGoneWaitForAWord) {
    auto options = whole_world();
    options.users = 60;
    api_source from(options);
    config.resources = R"("users", "agents")";
    configure(from);
    EXPECT_EQ(run("backfill").status, 0);
    const auto tomorrow = [&] {
        cluster().sql(database, "update callmirror.suspects set ask_at = now(), missing_since = "
                                "missing_since - interval '1 day' where resource = 'agents'");
    };
    const std::string gone = "select count(*) from snapcall.agents where deleted_at is not null";
    from.manner("agents.record_status", "404");
    tomorrow();
    const auto again = run("backfill --again");
    EXPECT_THAT(again.text(), HasSubstr("over a fifth of all within a day"));
    EXPECT_EQ(number(gone), 12);
    EXPECT_EQ(run("status").status, 1);
    from.manner("agents.record_status", "200");
    tomorrow();
    EXPECT_EQ(run("backfill --again").status, 0);
    EXPECT_EQ(differences(from, {resource::agents}), "");

    from.manner("agents.record_status", "404");
    tomorrow();
    run("backfill --again");
    EXPECT_EQ(number(gone), 12);
    const auto accepted = run("deletes accept");
    EXPECT_EQ(accepted.status, 0) << accepted.text();
    EXPECT_EQ(number(gone), 60);
    from.manner("agents.record_status", "200");
    tomorrow();
    EXPECT_EQ(run("backfill --again").status, 0);
    EXPECT_EQ(differences(from, {resource::agents}), "");
}

TEST_F(Resources, WithoutAListNeedTheOneTheirKeysComeFrom) {
    api_source from(empty_world());
    config.resources = R"("agents")";
    configure(from);
    const auto done = run("check");
    EXPECT_EQ(done.status, 78) << done.text();
    EXPECT_THAT(done.text(), HasSubstr("has \"agents\" without \"users\""));
}

} // namespace
} // namespace callmirror::integration

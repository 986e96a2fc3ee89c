// [[columns]]: promoted out of `raw` by the real program, for rows that are there and for those to
// come. Columns with the built-in ones' pointers and types have to equal them in every row.
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string column(const std::string& resource, const std::string& name, const std::string& pointer,
                   const std::string& type) {
    return "[[columns]]\nresource = \"" + resource + "\"\nname = \"" + name +
           "\"\npointer = " + pointer + "\ntype = \"" + type + "\"\n";
}

const std::string twins =
    column("calls", "x_status", R"(["/status", "/state", "/call_status", "/callStatus"])", "text") +
    column("calls", "x_rating", R"(["/rating", "/rate"])", "double precision") +
    column("calls", "x_started_at", R"(["/started_at", "/startedAt", "/start"])", "timestamptz") +
    column("calls", "x_team_id", R"(["/team_id", "/teamId"])", "bigint") +
    column("calls", "x_tags", R"("/tags")", "jsonb");

class OwnColumns : public MirrorTest {
protected:
    // Rows whose columns are not what they should be.
    std::string wrong() const {
        return value("select count(*) from snapcall.calls where "
                     "(x_status, x_rating, x_started_at, x_team_id, x_tags) is distinct from "
                     "(status, rating, started_at, team_id, raw -> 'tags')");
    }
    // So many calls without any API: "language" is their id.
    void make_rows(int count) const {
        cluster().sql(database, "insert into snapcall.calls (account, id, content_hash, raw) "
                                "select 'acme', n, n, jsonb_build_object('id', n, 'language', "
                                "'language ' || n) from generate_series(1, " +
                                    std::to_string(count) + ") n");
    }
    void configure_with(const api_source& from, const std::string& columns) {
        config.more = columns;
        configure(from);
    }
};

TEST_F(OwnColumns, AreFilledForRowsThatAreThereAndForThoseToCome) {
    api_source from;
    expect_mirrored(from);
    const auto changed_at = value("select max(changed_at)::text from snapcall.calls");
    configure_with(from, twins);
    const auto filled = run("backfill");
    ASSERT_EQ(filled.status, 0) << filled.text();
    EXPECT_EQ(wrong(), "0");
    EXPECT_GT(number("select count(x_tags) from snapcall.calls"), 500);
    EXPECT_GT(number("select count(x_started_at) from snapcall.calls"), 500);
    // No row was taken for a changed one.
    EXPECT_EQ(value("select max(changed_at)::text from snapcall.calls"), changed_at);
    EXPECT_EQ(number("select count(*) from callmirror.columns where filled_at is null"), 0);

    from.add(resource::calls, now(), 3);
    const auto again = run("backfill");
    EXPECT_EQ(again.status, 0) << again.text();
    EXPECT_THAT(again.text(), Not(HasSubstr("being filled")));
    EXPECT_EQ(wrong(), "0");
    expect_equal(from);
    EXPECT_THAT(
        value("select col_description('snapcall.calls'::regclass, attnum) from pg_attribute "
              "where attrelid = 'snapcall.calls'::regclass and attname = 'x_rating'"),
        HasSubstr("double precision from /rating, else /rate of raw"));
}

TEST_F(OwnColumns, AreFilledOnWhereTheProgramWasKilled) {
    api_source from(empty_world());
    make_rows(60'000);
    config.resources = R"("calls")";
    configure_with(from, column("calls", "language", R"("/language")", "text"));
    const auto killed = start("backfill");
    ASSERT_TRUE(eventually(
        [&] { return value("select filled_to is not null from callmirror.columns") == "t"; }));
    killed->signal(SIGKILL);
    killed->wait();
    const auto before = number("select count(language) from snapcall.calls");
    ASSERT_EQ(value("select filled_at is null from callmirror.columns"), "t");
    EXPECT_EQ(number("select filled_to from callmirror.columns"), before);

    cluster().sql(database, "update callmirror.leases set expires_at = now()");
    const auto rest = run("backfill");
    EXPECT_EQ(rest.status, 0) << rest.text();
    EXPECT_THAT(rest.text(), HasSubstr("from where it was"));
    EXPECT_EQ(number("select count(*) from snapcall.calls where language = 'language ' || id"),
              60'000);
}

TEST_F(OwnColumns, OfEachTypeAreAddedAtTheStartOfRunFromTheFirstPointerThatHits) {
    api_source from(empty_world());
    for (
        const char* raw :
        {R"({"id": 1, "a": "first", "b": "second", "n": "12", "d": "1.5", "f": 1, "t": 1700000000,
              "j": {"k": [1]}})",
         R"({"id": 2, "a": null, "b": "second", "n": 3.0, "d": 7, "f": "false",
              "t": "2026-11-20T10:00:00+01:00", "j": "x"})",
         R"({"id": 3, "a": {"no": "text"}, "b": "second", "n": "x", "d": [], "f": 7, "t": "soon"})"}) {
        cluster().sql(database,
                      "insert into snapcall.calls (account, id, content_hash, raw) select "
                      "'acme', (r ->> 'id')::bigint, 1, r from (select '" +
                          std::string(raw) + "'::jsonb r) one");
    }
    config.resources = R"("calls")";
    configure_with(from, column("calls", "x_text", R"(["/a", "/b"])", "text") +
                             column("calls", "x_bigint", R"("/n")", "bigint") +
                             column("calls", "x_double", R"("/d")", "double precision") +
                             column("calls", "x_boolean", R"("/f")", "boolean") +
                             column("calls", "x_time", R"("/t")", "timestamptz") +
                             column("calls", "x_jsonb", R"("/j")", "jsonb"));
    const auto daemon = start("run");
    EXPECT_TRUE(eventually([&] {
        return number("select count(*) from callmirror.columns where filled_at is not null") == 6;
    })) << daemon->err();
    const auto row = [&](int id) {
        return value("select concat_ws(' ', x_text, x_bigint, x_double, x_boolean, "
                     "x_time at time zone 'UTC', x_jsonb) from snapcall.calls where id = " +
                     std::to_string(id));
    };
    EXPECT_EQ(row(1), R"(first 12 1.5 t 2023-11-14 22:13:20 {"k": [1]})");
    EXPECT_EQ(row(2), R"(second 3 7 f 2026-11-20 09:00:00 "x")");
    EXPECT_EQ(row(3), ""); // none of them fits, and the first pointer has hit
    daemon->signal(SIGTERM);
    EXPECT_EQ(daemon->wait().status, 0);
}

TEST_F(OwnColumns, AreFilledBesideReadersAndWriters) {
    api_source from(empty_world());
    make_rows(60'000);
    config.resources = R"("calls")";
    configure_with(from, column("calls", "language", R"("/language")", "text"));
    EXPECT_EQ(run("migrate").status, 0);
    pqxx::connection reader(cluster().url(database));
    pqxx::work question(reader);
    question.exec("declare rows cursor for select id from snapcall.calls order by id");
    question.exec("fetch 1 from rows");
    const auto filling = start("backfill");
    ASSERT_TRUE(eventually(
        [&] { return value("select filled_to is not null from callmirror.columns") == "t"; }));
    // A row that is filled can be written again long before all of them are.
    cluster().sql(database, "update snapcall.calls set deleted_at = now() where id = 1");
    EXPECT_EQ(value("select filled_at is null from callmirror.columns"), "t");
    EXPECT_EQ(question.exec("fetch 10 from rows").size(), 10U);
    const auto filled = filling->wait(); // it does not wait for the reader
    EXPECT_EQ(filled.status, 0) << filled.text();
    EXPECT_EQ(question.exec("fetch all from rows").size(), 59'989U);
    question.commit();
    EXPECT_EQ(number("select count(*) from snapcall.calls where language = 'language ' || id"),
              60'000);
}

TEST_F(OwnColumns, AreFilledAnewWhereTheyAreDefinedOtherwise) {
    api_source from(empty_world());
    make_rows(100);
    configure_with(from, column("calls", "x_value", R"("/language")", "text"));
    EXPECT_EQ(run("backfill").status, 0);
    EXPECT_EQ(value("select x_value from snapcall.calls where id = 7"), "language 7");

    configure_with(from, column("calls", "x_value", R"("/id")", "text"));
    EXPECT_EQ(run("backfill").status, 0);
    EXPECT_EQ(value("select x_value from snapcall.calls where id = 7"), "7");

    configure_with(from, "");
    EXPECT_THAT(run("backfill").text(), HasSubstr("calls.x_value: not in [[columns]] any more"));
    EXPECT_EQ(value("select x_value from snapcall.calls where id = 7"), "7");
    cluster().sql(database, "insert into snapcall.calls (account, id, content_hash, raw) "
                            "values ('acme', 101, 1, '{\"id\": 101}')");

    configure_with(from, column("calls", "x_value", R"("/id")", "text"));
    EXPECT_EQ(run("backfill").status, 0);
    EXPECT_EQ(value("select x_value from snapcall.calls where id = 101"), "101");

    cluster().sql(database, "alter table snapcall.calls drop column x_value");
    EXPECT_EQ(run("backfill").status, 0);
    EXPECT_EQ(number("select count(x_value) from snapcall.calls"), 101);
}

TEST_F(OwnColumns, AreRefusedBeforeAnythingIsChanged) {
    api_source from(empty_world());
    cluster().sql(database, "alter table snapcall.streams add column x_lang bigint");
    configure_with(from, column("calls", "x_lang", R"("/language")", "text") +
                             column("streams", "x_lang", R"("/language")", "text"));
    for (const char* command : {"migrate", "backfill"}) {
        const auto refused = run(command);
        EXPECT_EQ(refused.status, 78) << refused.text();
        EXPECT_THAT(refused.text(),
                    HasSubstr("columns[1] has the type \"text\", but snapcall.streams.x_lang is "
                              "bigint in the database"));
    }
    const auto good = column("calls", "x_lang", R"("/language")", "text");
    for (const auto& bad : {column("calls", "status", R"("/language")", "text"),
                            column("calls", "x_bad", R"("language")", "text"),
                            column("calls", "x_bad", R"("/language")", "varchar")}) {
        configure_with(from, good + bad);
        for (const char* command : {"migrate", "backfill", "run"}) {
            EXPECT_EQ(run(command).status, 78) << bad;
        }
    }
    EXPECT_EQ(number("select count(*) from information_schema.columns where table_name = 'calls' "
                     "and column_name like 'x%'"),
              0);
}

TEST_F(OwnColumns, SayWhatToRunWhereTheyMayNotBeAdded) {
    api_source from(empty_world());
    const auto role = "daemon_of_" + database;
    cluster().sql(database,
                  "create role " + role + " login; grant usage on schema callmirror, snapcall to " +
                      role + "; grant all on all tables in schema callmirror, snapcall to " + role);
    config.database_url = cluster().url(database, role);
    configure_with(from, column("calls", "language", R"("/language")", "text"));
    const auto refused = run("backfill");
    EXPECT_EQ(refused.status, 77) << refused.text();
    EXPECT_THAT(refused.text(),
                HasSubstr("run `callmirror migrate` with the login of the tables'"));
    config.database_url = cluster().url(database);
    configure(from);
    EXPECT_THAT(run("migrate").text(), HasSubstr("added the column calls.language"));
    config.database_url = cluster().url(database, role);
    configure(from);
    EXPECT_EQ(run("backfill").status, 0);
}

TEST_F(OwnColumns, WaitForLongQuestionsWithoutKeepingOthersWaiting) {
    api_source from(empty_world());
    configure_with(from, column("calls", "language", R"("/language")", "text"));
    pqxx::connection reader(cluster().url(database));
    pqxx::work question(reader);
    question.exec("select count(*) from snapcall.calls");
    const auto migrating = start("migrate");
    ASSERT_TRUE(eventually(
        [&] { return migrating->err().find("it is tried again") != std::string::npos; }));
    EXPECT_EQ(value("set statement_timeout = '20s'; select count(*) from snapcall.calls"), "0");
    question.commit();
    const auto done = migrating->wait();
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_EQ(value("select language is null from (select 1) one left join snapcall.calls on true"),
              "t");
}

TEST_F(OwnColumns, KeepWhatIsRedactedRedacted) {
    auto world = small_world();
    world.users = 30;
    api_source from(world);
    config.resources = R"("invites", "integrations")";
    configure(from);
    EXPECT_EQ(run("backfill").status, 0);
    configure_with(from, column("invites", "x_token", R"("/token")", "text") +
                             column("integrations", "x_all", R"("/settings")", "jsonb") +
                             column("integrations", "x_key", R"("/api_token")", "text"));
    EXPECT_EQ(run("backfill").status, 0);
    EXPECT_GT(number("select count(*) from snapcall.invites where x_token = id"), 0);
    EXPECT_EQ(number("select count(*) from snapcall.invites where x_token is distinct from id"), 0);
    EXPECT_EQ(number("select count(*) from snapcall.integrations "
                     "where x_all is distinct from raw -> 'settings' or x_key <> '[removed]'"),
              0);
    // And as they come.
    cluster().sql(database, "delete from snapcall.invites");
    EXPECT_EQ(run("backfill --again").status, 0);
    EXPECT_GT(number("select count(*) from snapcall.invites where x_token = id"), 0);
    EXPECT_EQ(number("select count(*) from snapcall.invites where x_token is distinct from id"), 0);
}

TEST_F(OwnColumns, ArePrintedWithTheSchema) {
    api_source from(empty_world());
    configure_with(from, column("calls", "language", R"("/it's")", "text"));
    const auto printed = run("migrate --print");
    EXPECT_EQ(printed.status, 0) << printed.err;
    EXPECT_THAT(printed.out, HasSubstr("alter table \"snapcall\".\"calls\"\n    add column if not "
                                       "exists \"language\" text;"));
    EXPECT_THAT(printed.out, HasSubstr("from /it''s of raw"));
}

TEST_F(OwnColumns, ComeWithAReloadThatIsRefusedAsAWhole) {
    api_source from(empty_world());
    make_rows(10);
    config.resources = R"("calls")";
    configure(from);
    const auto daemon = start("run");
    ASSERT_TRUE(eventually([&] {
        return number("select count(*) from callmirror.slices where read_at is not null") > 0;
    }));
    configure_with(from, column("calls", "language", R"("/language")", "text"));
    daemon->signal(SIGHUP);
    EXPECT_TRUE(eventually([&] {
        return number("select count(*) from callmirror.columns where filled_at is not null") == 1;
    })) << daemon->err();
    EXPECT_EQ(number("select count(language) from snapcall.calls"), 10);

    cluster().sql(database, "alter table snapcall.calls add column x_value bigint");
    configure_with(from, column("calls", "x_value", R"("/language")", "text"));
    daemon->signal(SIGHUP);
    EXPECT_TRUE(eventually([&] {
        return daemon->err().find("[[columns]] stays as it was") != std::string::npos;
    })) << daemon->err();
    EXPECT_TRUE(daemon->is_running());
    daemon->signal(SIGTERM);
    EXPECT_EQ(daemon->wait().status, 0);
}

} // namespace
} // namespace callmirror::integration

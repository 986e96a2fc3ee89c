// The views of snapcall_bi where a mirror from the simulated API has nothing to show, and the role
// that reads them.
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <regex>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

class Views : public MirrorTest {};

TEST_F(Views, CountAnUnknownStatusAsOtherUntilItIsMapped) {
    const auto outcome = [&](const std::string& account) {
        return value("select outcome from snapcall_bi.calls where account = '" + account + "'");
    };
    cluster().sql(database, R"(
        insert into callmirror.accounts (account, updated_at) values ('a', now()), ('b', now());
        insert into snapcall.calls (account, id, content_hash, created_at, status, raw)
        values ('a', 1, 1, now(), 'Parked', '{}'), ('b', 1, 1, now(), 'Parked', '{}'))");
    EXPECT_EQ(outcome("a"), "other");
    EXPECT_EQ(value("select sum(other) from snapcall_bi.calls_by_day where account = 'a'"), "1");
    cluster().sql(database, R"(insert into snapcall_bi.status_map values
        ('*', 'parked', 'missed'), ('b', 'parked', 'abandoned'))");
    EXPECT_EQ(outcome("a"), "missed");
    EXPECT_EQ(outcome("b"), "abandoned");
}

// 0 in the program's own table: an account that stands still would look like that.
TEST_F(Views, NameNoPaceBeforeOneIsLearnt) {
    cluster().sql(database, R"(insert into callmirror.accounts (account, pace, updated_at)
        values ('a', 0, now()), ('b', 2.5, now()))");
    EXPECT_EQ(value("select string_agg(coalesce(pace::text, 'none'), ' ' order by account) "
                    "from snapcall_bi.accounts"),
              "none 2.5");
}

TEST_F(Views, CountWhoCallsAgainWithinSevenDays) {
    cluster().sql(database, R"(
        insert into callmirror.accounts (account, updated_at) values ('a', now());
        insert into snapcall.calls (account, id, content_hash, created_at, client, ani, raw)
        values ('a', 1, 1, '2026-03-01 10:00Z', 'one', null, '{}'),
               ('a', 2, 1, '2026-03-08 09:59Z', 'one', null, '{}'),  -- within
               ('a', 3, 1, '2026-03-08 12:00Z', 'one', null, '{}'),
               ('a', 4, 1, '2026-03-08 12:00Z', null, '336', '{}'),
               ('a', 5, 1, '2026-03-15 12:01Z', 'one', null, '{}'),  -- a minute too late
               ('a', 6, 1, '2026-03-15 12:00Z', null, '336', '{}'),  -- just in time
               ('a', 7, 1, '2026-03-15 12:00Z', null, null, '{}'))");
    const auto day = [&](const std::string& which) {
        return value("select concat_ws(' ', calls, clients, repeat_calls, repeat_clients) "
                     "from snapcall_bi.clients_by_day where account = 'a' and day = '" +
                     which + "'");
    };
    EXPECT_EQ(day("2026-03-01"), "1 1 0 0");
    EXPECT_EQ(day("2026-03-02"), "0 0 0 0");
    EXPECT_EQ(day("2026-03-08"), "3 2 2 1");
    EXPECT_EQ(day("2026-03-15"), "3 2 1 1");
}

// ---- the role

void forget_reader() {
    tests::postgres_cluster::shared().sql("postgres", R"(do $$ begin
        if exists (select from pg_roles where rolname = 'callmirror_reader') then
            execute format('alter role callmirror_reader rename to %I', 'was_' || txid_current());
        end if; end $$)");
}

TEST_F(Views, HaveARoleThatMigrateMakesAndThatMayOnlyRead) {
    forget_reader();
    // An owner who may make no roles is told what somebody else has to run.
    const auto owned = cluster().empty_database();
    cluster().sql(owned,
                  "create role no_roles login; grant create on database " + owned + " to no_roles");
    config.database_url = cluster().url(owned, "no_roles");
    write_configuration();
    const auto told = run("migrate");
    EXPECT_EQ(told.status, 0) << told.text();
    EXPECT_THAT(told.out, HasSubstr("    create role callmirror_reader login"));
    std::string lines; // those that are set in
    const std::regex line("\n    ([^\n]*)");
    for (std::sregex_iterator each(told.out.begin(), told.out.end(), line), end; each != end;
         ++each) {
        lines += (*each)[1].str() + '\n';
    }
    cluster().sql(owned, lines);
    EXPECT_THAT(run("migrate").out, Not(HasSubstr("create role")));
    EXPECT_THAT(run("migrate").out, Not(HasSubstr("callmirror_reader"))) << "all is there";

    config.database_url = cluster().url(database); // here it is made by itself
    write_configuration();
    EXPECT_THAT(run("migrate").out, HasSubstr("the role callmirror_reader may read the mirror"));
    const std::map<std::string, std::string> owners{{owned, "no_roles"}, {database, "postgres"}};
    for (const auto& [each, owner] : owners) {
        pqxx::connection reader(cluster().url(each, "callmirror_reader"));
        pqxx::nontransaction work(reader);
        EXPECT_STREQ(work.exec("show statement_timeout")[0][0].c_str(), "1min");
        work.exec("select from snapcall.calls, snapcall_bi.freshness, snapcall_bi.rejected");
        for (const char* sql : {"select from callmirror.slices", "delete from snapcall.calls",
                                "update snapcall_bi.status_map set outcome = 'other'",
                                "create table snapcall.x ()", "create schema x"}) {
            EXPECT_THROW(work.exec(sql), pqxx::insufficient_privilege) << sql;
        }
        cluster().sql(each, "set role " + owner + "; create table snapcall.later ()");
        work.exec("select from snapcall.later");
    }
}

TEST_F(Views, HaveTheirRoleFromWhateverMakesTheTables) {
    api_source from(empty_world());
    for (const std::string command : {"backfill", "run"}) {
        SCOPED_TRACE(command);
        forget_reader();
        database = cluster().empty_database();
        config.database_url = cluster().url(database);
        configure(from);
        const auto program = start(command);
        ASSERT_TRUE(eventually([&] {
            return value("select count(*) from pg_roles where rolname = 'callmirror_reader' and "
                         "array_to_string(rolconfig, ' ') like '%statement_timeout=1min%'") == "1";
        })) << program->err();
        pqxx::connection reader(cluster().url(database, "callmirror_reader"));
        pqxx::nontransaction work(reader);
        work.exec("select from snapcall.calls, snapcall_bi.freshness");
        EXPECT_THROW(work.exec("select from callmirror.slices"), pqxx::insufficient_privilege);
        program->signal(SIGTERM);
        program->wait();
    }
}

} // namespace
} // namespace callmirror::integration

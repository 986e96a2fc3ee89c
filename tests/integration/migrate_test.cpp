#include "schema/migrate.hpp"
#include "sync/postgres/session.hpp"
#include "sync/providers/provider.hpp"
#include "tests/support/postgres.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <thread>

namespace callmirror::schema {
namespace {

using testing::HasSubstr;
using tests::postgres_cluster;

postgres_cluster& cluster() {
    return postgres_cluster::shared();
}

postgres::session_options options_of(const std::string& database) {
    return {.url = cluster().url(database)};
}

TEST(Migrate, BringsAnEmptyDatabaseUpToDateAndThenDoesNothing) {
    const auto database = cluster().empty_database();
    const auto all = pending(options_of(database));
    EXPECT_GT(all.size(), static_cast<std::size_t>(known_version())); // views come after them
    EXPECT_EQ(current_version(options_of(database)), 0);

    const auto report = migrate(options_of(database));
    EXPECT_EQ(report.version_before, 0);
    EXPECT_EQ(report.version_after, known_version());
    EXPECT_EQ(report.applied, all);

    const auto again = migrate(options_of(database));
    EXPECT_EQ(again.version_before, known_version());
    EXPECT_TRUE(again.applied.empty());
    EXPECT_TRUE(pending(options_of(database)).empty());
    EXPECT_EQ(current_version(options_of(database)), known_version());
}

TEST(Migrate, AppliesEachOnceWhenSeveralProcessesTryAtOnce) {
    const auto database = cluster().empty_database();
    const auto wanted = pending(options_of(database)).size();
    std::vector<std::size_t> applied(6);
    std::vector<std::thread> threads;
    for (auto& count : applied)
        threads.emplace_back([&] { count = migrate(options_of(database)).applied.size(); });
    for (auto& thread : threads)
        thread.join();
    std::size_t all = 0;
    for (const auto count : applied)
        all += count;
    EXPECT_EQ(all, wanted);
}

TEST(Migrate, RefusesASchemaThatIsNewerThanTheProgram) {
    const auto database = cluster().migrated_database();
    cluster().sql(database, "insert into callmirror.migrations values (" +
                                std::to_string(known_version() + 1) + ", '0099_later.sql', 'x')");
    try {
        migrate(options_of(database));
        FAIL() << "it was not refused";
    } catch (const schema_mismatch& mismatch) {
        EXPECT_EQ(mismatch.why(), schema_mismatch::kind::newer);
    }
    EXPECT_THROW(current_version(options_of(database)), schema_mismatch);
}

TEST(Migrate, RefusesASchemaThatWasMadeByAnotherMigration) {
    const auto database = cluster().migrated_database();
    cluster().sql(database, "update callmirror.migrations set checksum = 'x' where version = 2");
    try {
        migrate(options_of(database));
        FAIL() << "it was not refused";
    } catch (const schema_mismatch& mismatch) {
        EXPECT_EQ(mismatch.why(), schema_mismatch::kind::changed);
        EXPECT_THAT(mismatch.what(), HasSubstr("migration 2"));
    }
}

TEST(Migrate, LeavesNothingBehindWhereAMigrationFails) {
    const auto database = cluster().empty_database();
    cluster().sql(database, "create schema callmirror; create table callmirror.leases (x int)");
    EXPECT_THROW(migrate(options_of(database)), postgres::database_lost);
    EXPECT_EQ(cluster().value(database, "select to_regclass('callmirror.migrations')"), "");
    EXPECT_EQ(cluster().value(database, "select to_regnamespace('snapcall')"), "");
}

TEST(Migrate, PrintsSqlThatDoesTheSame) {
    const auto database = cluster().empty_database();
    cluster().sql(database, print_sql());
    EXPECT_EQ(current_version(options_of(database)), known_version());
    EXPECT_TRUE(pending(options_of(database)).empty());
}

TEST(Migrate, PutsAChangedViewInPlaceUnderThoseThatStandOnIt) {
    const auto database = cluster().migrated_database();
    cluster().sql(database, R"(
        create view public.mine as select account, day, calls from snapcall_bi.calls_by_day;
        update snapcall_bi.status_map set outcome = 'missed' where status = 'done';
        create or replace view snapcall_bi.ratings as -- an older release's
            select account, day, null::double precision as rating, 0::bigint as calls
            from snapcall_bi.days;
        update callmirror.views set checksum = 'older' where name in ('ratings.sql', 'calls.sql'))");
    const std::vector<std::string> stale{"views/calls.sql", "views/ratings.sql"};
    EXPECT_EQ(pending(options_of(database)), stale);
    EXPECT_EQ(migrate(options_of(database)).applied, stale);
    EXPECT_TRUE(pending(options_of(database)).empty());
    EXPECT_EQ(cluster().value(database, "select position('c.rating' in "
                                        "pg_get_viewdef('snapcall_bi.ratings'::regclass)) > 0"),
              "t");
    EXPECT_EQ(cluster().value(database, "select count(*) from public.mine"), "0");
    // What an operator edited stays.
    EXPECT_EQ(cluster().value(database,
                              "select outcome from snapcall_bi.status_map where status = 'done'"),
              "missed");
}

TEST(Migrate, LeavesAViewOfANewerProgramAlone) {
    const auto database = cluster().migrated_database();
    cluster().sql(database, R"(
        create or replace view snapcall_bi.rejected as
            select account, resource, reason, count(*) as records, max(seen_at) as last_seen_at,
                   1 as more
            from callmirror.rejected group by account, resource, reason;
        update callmirror.views set checksum = 'newer' where name in ('calls.sql', 'rejected.sql'))");
    try {
        migrate(options_of(database));
        FAIL() << "it was not refused";
    } catch (const schema_mismatch& mismatch) {
        EXPECT_EQ(mismatch.why(), schema_mismatch::kind::newer);
        EXPECT_THAT(mismatch.what(), HasSubstr("install the newer callmirror"));
    }
    EXPECT_EQ(cluster().value(database, "select count(more) from snapcall_bi.rejected"), "0");
    EXPECT_EQ(
        cluster().value(database, "select count(*) from callmirror.views where checksum = 'newer'"),
        "2");
}

std::string sql_name(providers::column_type type) {
    using enum providers::column_type;
    switch (type) {
    case text:
        return "text";
    case bigint:
        return "bigint";
    case double_precision:
        return "double precision";
    case boolean:
        return "boolean";
    case timestamptz:
        return "timestamp with time zone";
    case jsonb:
        return "jsonb";
    }
    return "?";
}

TEST(Schema, HasTheColumnsOfEveryProvidersResource) {
    const auto database = cluster().migrated_database();
    for (const auto& platform : providers::platforms()) {
        for (const auto& resource : platform.resources) {
            std::map<std::string, std::string> wanted{
                {"account", "text"},
                {"id", sql_name(resource.key_type)},
                {"content_hash", "bigint"},
                {"raw", "jsonb"},
                {"first_seen_at", "timestamp with time zone"},
                {"changed_at", "timestamp with time zone"},
                {"deleted_at", "timestamp with time zone"},
            };
            for (const auto& column : resource.columns)
                wanted[std::string(column.name)] = sql_name(column.type);
            std::map<std::string, std::string> found;
            for (const auto& row : cluster().sql(
                     database, "select column_name, data_type from information_schema.columns "
                               "where table_schema = '" +
                                   std::string(platform.name) + "' and table_name = '" +
                                   std::string(resource.name) + "'"))
                found[row[0].c_str()] = row[1].c_str();
            EXPECT_EQ(found, wanted) << resource.name;
        }
    }
}

TEST(Schema, ExplainsEverySchemaTableAndColumn) {
    const auto database = cluster().migrated_database();
    EXPECT_EQ(cluster().value(database, R"(
        select string_agg(what, ', ') from (
            select nspname as what from pg_namespace
            where nspname in ('callmirror', 'snapcall', 'snapcall_bi')
              and obj_description(oid, 'pg_namespace') is null
            union all
            select c.relname || coalesce('.' || a.attname, '')
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not attisdropped
            where nspname in ('callmirror', 'snapcall', 'snapcall_bi') and relkind in ('r', 'v')
              and (obj_description(c.oid) is null or col_description(c.oid, a.attnum) is null)
        ) missing)"),
              "");
}

// What makes it fit for a distributed PostgreSQL.
TEST(Schema, HasTheAccountFirstInEveryPrimaryKey) {
    const auto database = cluster().migrated_database();
    EXPECT_EQ(cluster().value(database, R"(
        select string_agg(c.relname, ', ')
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_index i on i.indrelid = c.oid and i.indisprimary
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where nspname in ('callmirror', 'snapcall', 'snapcall_bi') and relkind = 'r'
          and relname not in ('migrations', 'views')
          and (a.attname is distinct from 'account' or not a.attnotnull))"),
              "");
    EXPECT_EQ(cluster().value(database, "select count(*) from pg_trigger where not tgisinternal"),
              "0");
}

TEST(Schema, TellsHowFreshTheMirrorIs) {
    const auto database = cluster().migrated_database();
    cluster().sql(database, R"(
        insert into callmirror.slices values
            ('acme', 1, 'calls', '', '2026-03-01', 'infinity', '2026-03-09', now(), 1, 1, 1, 0),
            ('acme', 2, 'calls', '', '2026-02-01', '2026-03-01', '2026-03-08', now(), 1, 1, 1, 0),
            ('acme', 3, 'calls', '', '2026-01-01', '2026-02-01', null, now(), 0, 0, 0, 0);
        insert into callmirror.listings (account, resource, scope, full_page_seen, largest_page,
                serves_total, history_complete, aside_reason, last_error, last_error_at, failures,
                head_read_at)
            values ('acme', 'calls', '', true, 100, true, true, '', 'calls page 7: 503', now(), 1,
                '2026-03-09');
        insert into snapcall.calls (account, id, content_hash, created_at, raw)
            values ('acme', 7, 1, '2026-03-08', '{}'))");
    const auto row = cluster().sql(database, R"(
        select newest_record::date, newest_read_at::date, last_complete_read::date,
               complete_back_to::date, open_gaps, complete, trouble
        from snapcall_bi.freshness where account = 'acme' and resource = 'calls')")[0];
    EXPECT_STREQ(row[0].c_str(), "2026-03-08");
    EXPECT_STREQ(row[1].c_str(), "2026-03-09");
    EXPECT_STREQ(row[2].c_str(), "2026-03-09");
    EXPECT_STREQ(row[3].c_str(), "2026-02-01");
    EXPECT_STREQ(row[4].c_str(), "1");
    EXPECT_STREQ(row[5].c_str(), "f");
    EXPECT_STREQ(row[6].c_str(), "calls page 7: 503");
}

} // namespace
} // namespace callmirror::schema

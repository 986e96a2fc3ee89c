#include "schema/migrate.hpp"
#include "sync/postgres/session.hpp"
#include "tests/support/postgres.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

// As each earlier version left it: what is printed holds one transaction for each migration.
TEST(Migrate, BringsEveryOlderSchemaUpToDate) {
    const auto all = print_sql();
    const std::string end = "commit;\n";
    std::size_t at = 0;
    for (int version = 1; version < known_version(); ++version) {
        at = all.find(end, at) + end.size();
        const auto database = cluster().empty_database();
        cluster().sql(database, all.substr(0, at));
        const auto report = migrate(options_of(database));
        EXPECT_EQ(report.version_before, version);
        EXPECT_EQ(report.version_after, known_version());
        EXPECT_TRUE(pending(options_of(database)).empty()) << version;
        cluster().sql(database,
                      "insert into callmirror.slices select 'acme', row_number() over (), "
                      "name, '', '-infinity', 'infinity', now(), now(), 0, 1, 1, 0 "
                      "from callmirror.mirror_tables");
        EXPECT_EQ(cluster().value(database, "select count(*) from snapcall_bi.freshness"),
                  cluster().value(database, "select count(*) from callmirror.mirror_tables"));
        EXPECT_EQ(cluster().value(database, "select count(*) from snapcall_bi.deletions"), "0");
    }
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

} // namespace
} // namespace callmirror::schema

// What the migrations and views leave behind: the providers' columns, comments, keys.
#include "sync/providers/provider.hpp"
#include "tests/support/postgres.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace callmirror::schema {
namespace {

using testing::HasSubstr;
using tests::postgres_cluster;

postgres_cluster& cluster() {
    return postgres_cluster::shared();
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

TEST(Schema, ShowsEveryResourceInTheViewsOfAll) {
    const auto database = cluster().migrated_database();
    for (const char* view : {"freshness", "deletions"}) {
        const auto sql = cluster().value(database, "select pg_get_viewdef('snapcall_bi." +
                                                       std::string(view) + "'::regclass)");
        for (const auto& resource : providers::platforms()[0].resources)
            EXPECT_THAT(sql, HasSubstr('\'' + std::string(resource.name) + "'::text")) << view;
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

// The README's worked example: a resource that the program has never heard of is an entry and a
// migration, and nothing else. Here both are made while the program runs.
#include "daemon/clock.hpp"
#include "daemon/database_lanes.hpp"
#include "daemon/decode_thread.hpp"
#include "schema/migrate.hpp"
#include "sync/engine/account.hpp"
#include "sync/write/postgres_store.hpp"
#include "tests/support/postgres.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace callmirror::integration {
namespace {

using namespace std::chrono_literals;
using namespace providers;

// ---- the entry

constexpr std::array<std::string_view, 2> label{"/label", "/name"};
constexpr std::array<column, 1> tags_columns{{{"label", column_type::text, label}}};
constexpr std::array<path_parameter, 1> by_id{{{"id", "id", "", "", ""}}};
constexpr std::array<std::string_view, 1> secrets{"secret"};
constexpr resource tags{
    .name = "tags",
    .kind = shape::snapshot,
    .scope = list_scope::account,
    .list_path = "/v2/tags",
    .record_path = "/v2/tags/{id}",
    .record_parameters = by_id,
    .key_pointer = "/id",
    .key_type = column_type::bigint,
    .takes_page = true,
    .takes_limit = false,
    .columns = tags_columns,
    .secrets = {.removed = secrets},
};
constexpr platform with_tags{
    .name = "snapcall",
    .default_url = "https://api.snapcall.io",
    .self_path = "/v2/users/me",
    .resources = {&tags, 1},
};

// ---- the migration

// The README's own.
std::string migration() {
    std::ifstream file(CALLMIRROR_SOURCE_DIR "/README.md");
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    const std::string begins = "```sql\n";
    const auto at = page.find(begins, page.find("### Adding a resource")) + begins.size();
    return page.substr(at, page.find("```", at) - at);
}

// ---- the API, two records a page

class tag_source final : public engine::source {
public:
    std::map<int, std::string> records;

    engine::awaitable<fetch::answer> get(const std::string& target) override {
        fetch::answer given;
        given.status = 200;
        constexpr std::string_view list = "/v2/tags?page=";
        constexpr std::string_view record = "/v2/tags/";
        if (target == "/v2/users/me") {
            given.body = R"({"id":1,"company_id":7})";
        } else if (target.starts_with(list)) {
            given.body = page(std::stoul(target.substr(list.size())));
        } else if (target.starts_with(record) &&
                   records.contains(std::stoi(target.substr(record.size())))) {
            given.body = records.at(std::stoi(target.substr(record.size())));
        } else {
            given.status = 404;
        }
        given.body.reserve(given.body.size() + 64);
        co_return given;
    }

private:
    std::string page(std::size_t number) const {
        std::string text;
        std::size_t place = 0;
        for (const auto& [id, each] : records) {
            if (place++ / 2 == number) {
                text += (text.empty() ? "" : ",") + each;
            }
        }
        return "{\"tags\":[" + text + "]}";
    }
};

class NewResource : public testing::Test {
protected:
    NewResource() { cluster().sql(database, migration()); }

    static tests::postgres_cluster& cluster() { return tests::postgres_cluster::shared(); }
    std::string rows() const {
        return cluster().value(database,
                               "select string_agg(id || ' ' || label || "
                               "case when deleted_at is null then '' else ' gone' end, ', ' "
                               "order by id) from snapcall.tags where account = 'acme'");
    }
    // All of it, once more.
    engine::account_end backfill(const platform& of = with_tags) {
        boost::asio::io_context io(1);
        daemon::asio_clock clock(io.get_executor(), 1);
        daemon::database_lanes lanes(io.get_executor(), 1, [this] {
            const postgres::session_options options{.url = cluster().url(database)};
            return std::make_unique<write::postgres_store>(options);
        });
        daemon::decode_thread decoding(io.get_executor());
        const engine::account_options options{
            .name = "acme",
            .holder = "test",
            .platform = &of,
            .requests_per_second = 1000,
            .once = engine::one_shot{.range = {}, .again = true, .give_up_after = 30s},
        };
        engine::account_engine engine(io.get_executor(), clock, api, lanes, decoding, options,
                                      [](engine::level, const std::string&) {});
        const auto busy = boost::asio::make_work_guard(io); // while only the database works
        std::optional<engine::account_end> end;
        boost::asio::co_spawn(io, engine.run(),
                              [&](std::exception_ptr error, engine::account_end how) {
                                  end = error ? std::nullopt : std::optional(how);
                                  io.stop();
                              });
        io.run();
        return end.value();
    }

    std::string database = cluster().migrated_database();
    tag_source api;
};

// As a program with this migration leaves it: a change of the schema puts the views in place again.
TEST_F(NewResource, IsShownByTheViewsOfAll) {
    cluster().sql(database, "update callmirror.views set checksum = 'before the migration'");
    schema::migrate({.url = cluster().url(database)});
    api.records = {{1, R"({"id":1,"label":"vip"})"}};
    EXPECT_EQ(backfill(), engine::account_end::done);
    api.records.clear();
    EXPECT_EQ(backfill(), engine::account_end::done);
    EXPECT_EQ(cluster().value(database, "select id || ' ' || what from snapcall_bi.deletions "
                                        "where account = 'acme' and resource = 'tags'"),
              "1 vip");
    EXPECT_EQ(cluster().value(database, "select complete from snapcall_bi.freshness "
                                        "where account = 'acme' and resource = 'tags'"),
              "t");
}

TEST_F(NewResource, IsMirroredByAnEntryAndAMigration) {
    api.records = {{1, R"({"id":1,"label":"vip"})"},
                   {2, R"({"id":2,"name":"callback","client_secret":"hush-hush"})"},
                   {3, R"({"id":3,"label":"spam"})"}};
    EXPECT_EQ(backfill(), engine::account_end::done);
    EXPECT_EQ(rows(), "1 vip, 2 callback, 3 spam");
    EXPECT_EQ(cluster().value(database, "select raw from snapcall.tags where id = 2"),
              R"({"id": 2, "name": "callback", "client_secret": "[removed]"})");

    api.records.erase(3);
    api.records[1] = R"({"id":1,"label":"best"})";
    api.records[4] = R"({"id":4,"label":"new"})";
    EXPECT_EQ(backfill(), engine::account_end::done);
    EXPECT_EQ(rows(), "1 best, 2 callback, 3 spam gone, 4 new");
}

// What a newer program takes out of records, and what it makes columns of, reaches the rows that
// are there when they are read again; all others are left alone.
TEST_F(NewResource, IsWrittenAnewByBackfillAgainWhereTheProgramReadsItOtherwise) {
    static constexpr std::array<std::string_view, 1> only_label{"/label"};
    static constexpr std::array<column, 1> old_columns{{{"label", column_type::text, only_label}}};
    auto old_tags = tags;
    old_tags.columns = old_columns;
    old_tags.secrets = {};
    auto older = with_tags;
    older.resources = {&old_tags, 1};
    api.records = {{1, R"({"id":1,"label":"vip"})"},
                   {2, R"({"id":2,"name":"callback"})"},
                   {3, R"({"id":3,"label":"spam","client_secret":"hush-hush"})"},
                   {4, R"({"id":4,"label":"see","url":"https://x/?client_secret=hush-hush"})"}};
    EXPECT_EQ(backfill(older), engine::account_end::done);
    const auto versions = [&] {
        return cluster().value(database, "select string_agg(xmin::text, ' ' order by id) "
                                         "from snapcall.tags where account = 'acme'");
    };
    const auto first = versions();
    EXPECT_EQ(backfill(older), engine::account_end::done);
    EXPECT_EQ(versions(), first);

    EXPECT_EQ(backfill(), engine::account_end::done);
    EXPECT_EQ(cluster().value(database, "select string_agg(id || coalesce(label, '?'), ' ' order "
                                        "by id) from snapcall.tags where account = 'acme'"),
              "1vip 2callback 3spam 4see");
    EXPECT_EQ(cluster().value(database, "select count(*) from snapcall.tags "
                                        "where raw::text like '%hush%'"),
              "0");
    EXPECT_EQ(cluster().value(database, "select string_agg(id::text, ' ') from snapcall.tags "
                                        "where changed_at = first_seen_at"),
              "1");
}

} // namespace
} // namespace callmirror::integration

#include "schema/migrate.hpp"
#include "tests/integration/store_fixture.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace callmirror::write {
namespace {

// Runs schema/roles.sql as its comment says.
void make_roles(const std::string& database, const std::string& daemon, const std::string& owner) {
    const std::string command = "psql -X -q -v daemon=" + daemon + " -v owner=" + owner +
                                " -v reader=test_reader -d '" + cluster().url(database) +
                                "' -f " CALLMIRROR_SOURCE_DIR "/schema/roles.sql >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
}

// All that the daemon does.
void do_everything(postgres_store& store) {
    const lease held = store.acquire("acme", "one", 1min).taken.value();
    store.renew(held, 1min);
    commit_unit unit{.holder = held, .platform = "snapcall"};
    unit.table = &resource_named("calls");
    for (int i = 0; i < 1500; ++i)
        add_row(unit.rows, *unit.table, "acme", std::to_string(i), 1);
    add_row(unit.rows, *unit.table, "acme", "9000", 1, "{");
    unit.deleted = {"3"};
    unit.rejected = {{"calls", "", "r", "{}"}};
    unit.slices = {{.id = 1, .resource = "calls"}, {.id = 2, .resource = "calls"}};
    unit.digest_pieces = {{1, 1, "x"}, {2, 2, "x"}};
    unit.suspects = {{.resource = "calls", .key = "3"}};
    unit.listings = {{.resource = "calls"}};
    unit.account = account_row{};
    EXPECT_EQ(store.commit(unit).inserted, 1500u);
    unit = {.holder = held, .platform = "snapcall"};
    unit.table = &resource_named("calls");
    add_row(unit.rows, *unit.table, "acme", "3", 2);
    unit.moved_digests = {{1, 2}};
    unit.gone_slices = {1};
    unit.cleared_digests = {2};
    unit.cleared_suspects = {{"calls", "3"}};
    unit.done_orders = {store.place_order("acme", {.kind = "again"})};
    EXPECT_EQ(store.commit(unit).changed, 1u);
    store.load(held);
    store.load_digest(held, 2);
    store.suspects_of(held, 1);
    store.suspects_to_ask(held, "snapcall", resource_named("stream_events"), "", end_of_time, 5);
    store.open_orders(held);
    store.release(held, 0ms);
    EXPECT_TRUE(store.acquire("acme", "two", 1min).taken);
}

bool is_refused(const std::string& database, const std::string& role, const std::string& sql) {
    try {
        pqxx::connection connection(cluster().url(database, role));
        pqxx::nontransaction(connection).exec(sql);
        return false;
    } catch (const pqxx::insufficient_privilege&) {
        return true;
    }
}

TEST(Roles, OwnerMigratesAndDaemonHasEnoughAndNoMore) {
    const auto database = cluster().empty_database();
    make_roles(database, "test_daemon", "test_owner");
    make_roles(database, "test_daemon", "test_owner"); // again
    const auto owner = cluster().url(database, "test_owner");
    const auto daemon = cluster().url(database, "test_daemon");
    EXPECT_EQ(schema::migrate({.url = owner}).version_after, schema::known_version());
    EXPECT_TRUE(schema::migrate({.url = daemon}).applied.empty());
    postgres_store store({.url = daemon});
    do_everything(store);

    EXPECT_TRUE(is_refused(database, "test_daemon", "delete from snapcall.calls"));
    EXPECT_TRUE(is_refused(database, "test_daemon", "truncate snapcall.calls"));
    EXPECT_TRUE(is_refused(database, "test_daemon", "drop table snapcall.calls"));
    EXPECT_TRUE(is_refused(database, "test_daemon", "create table snapcall.x ()"));
    EXPECT_TRUE(is_refused(database, "test_daemon", "create schema x"));
    EXPECT_TRUE(is_refused(database, "test_owner", "create schema x"));
    EXPECT_TRUE(is_refused(database, "test_reader", "select from callmirror.leases"));
    EXPECT_TRUE(is_refused(database, "test_reader", "delete from snapcall.calls"));
    EXPECT_FALSE(is_refused(database, "test_reader", "select from snapcall.calls"));
    EXPECT_FALSE(is_refused(database, "test_reader", "select from snapcall_bi.freshness"));
}

TEST(Roles, OneRoleMayBeBoth) {
    const auto database = cluster().empty_database();
    make_roles(database, "test_both", "test_both");
    const auto url = cluster().url(database, "test_both");
    EXPECT_FALSE(schema::migrate({.url = url}).applied.empty());
    postgres_store store({.url = url});
    do_everything(store);
    EXPECT_EQ(cluster().value(database, "select reltuples from pg_class where oid = "
                                        "'snapcall.calls'::regclass"),
              "1500");
}

} // namespace
} // namespace callmirror::write

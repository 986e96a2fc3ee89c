// Rows that PostgreSQL refuses.
#include "tests/integration/store_fixture.hpp"

#include <gmock/gmock.h>

#include <random>

namespace callmirror::write {
namespace {

using testing::HasSubstr;

class Rejected : public StoreTest {};

struct poisoned {
    std::string key;
    std::string raw;
    std::map<std::string, std::string> columns;
    std::string says;
};

void PrintTo(const poisoned& it, std::ostream* out) {
    *out << it.says;
}

class Poison : public StoreTest, public testing::WithParamInterface<poisoned> {};

// Whatever PostgreSQL refuses about one row, the others and the rest of the commit go in.
TEST_P(Poison, IsRejectedAndEverythingElseIsWritten) {
    const lease held = take();
    store.commit(calls(held, {{40, 1}, {41, 1}}));
    commit_unit unit = calls(held, {{40, 2}, {41, 1}, {42, 2}, {43, 2}, {45, 2}});
    add_row(unit.rows, *unit.table, "acme", GetParam().key, 5, GetParam().raw, GetParam().columns);
    unit.slices = {{.id = 1, .resource = "calls", .read_at = at("2026-01-01")}};
    expect_outcome(store.commit(unit), 3, 1, 1, 0, 1);
    EXPECT_EQ(value("select count(*) from callmirror.slices where read_at is not null"), "1");
    EXPECT_EQ(value("select count(*) from snapcall.calls where content_hash = 2"), "4");
    const auto rows = cluster().sql(database, "select id, reason, raw, resource "
                                              "from callmirror.rejected");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_STREQ(rows[0][0].c_str(), GetParam().key.c_str());
    EXPECT_THAT(rows[0][1].c_str(), HasSubstr(GetParam().says));
    EXPECT_STREQ(rows[0][3].c_str(), "calls");
    if (GetParam().says.find("UTF8") == std::string::npos) {
        EXPECT_STREQ(rows[0][2].c_str(), GetParam().raw.c_str());
    }

    // Seen again, it is neither written down nor counted again.
    EXPECT_EQ(store.commit(unit).rejected, 0u);
    EXPECT_EQ(value("select count(*) from callmirror.rejected"), "1");
}

INSTANTIATE_TEST_SUITE_P(
    Values, Poison,
    testing::Values(poisoned{"44", R"({"n":1e999999})", {}, "22003"},
                    poisoned{"44", R"({"s":"\u0000"})", {}, "22P05"},
                    poisoned{"44", R"({"s":"\ud800"})", {}, "22P02"},
                    poisoned{"44", R"({"s":)", {}, "22P02"},
                    poisoned{"44", "{\"s\":\"\xff\"}", {}, "UTF8"},
                    poisoned{"44", std::string(20000, '[') + std::string(20000, ']'), {}, "54001"},
                    poisoned{"44", "{}", {{"team_id", "many"}}, "22P02"},
                    poisoned{"44", "{}", {{"created_at", "2026-02-30T00:00:00Z"}}, "22008"},
                    poisoned{"99999999999999999999", "{}", {}, "64 bits"},
                    poisoned{"4x", "{}", {}, "64 bits"}));

TEST_F(Rejected, RowsThatAreMostlyPoisonedAreSortedOutToo) {
    const lease held = take();
    commit_unit unit{.holder = held, .platform = "snapcall"};
    unit.table = &resource_named("calls");
    // So many that what each of them holds in the server until the end would not fit.
    constexpr int rows = 3000;
    std::mt19937 random(7);
    std::uint64_t bad = 0;
    for (int i = 0; i < rows; ++i) {
        const bool poison = random() % 3 != 0;
        bad += poison ? 1 : 0;
        add_row(unit.rows, *unit.table, "acme", std::to_string(i), 1,
                poison ? "{" + std::to_string(i) : "{}");
    }
    expect_outcome(store.commit(unit), rows - bad, 0, 0, 0, bad);
}

TEST_F(Rejected, RowsOfAStreamWithATokenTooLongForItsIndexAreAsWell) {
    const lease held = take();
    commit_unit unit{.holder = held, .platform = "snapcall"};
    unit.table = &resource_named("streams");
    std::mt19937 random(7);
    std::string token; // compressible ones fit
    for (int i = 0; i < 9000; ++i)
        token += static_cast<char>('!' + random() % 90);
    add_row(unit.rows, *unit.table, "acme", "1", 1, "{}", {{"token", token}});
    add_row(unit.rows, *unit.table, "acme", "2", 1, "{}", {{"token", "short"}});
    expect_outcome(store.commit(unit), 1, 0, 0, 0, 1);
}

} // namespace
} // namespace callmirror::write

// A store on a database of its own, and short ways to make what it writes.
#pragma once

#include "sync/providers/provider.hpp"
#include "sync/write/batch.hpp"
#include "sync/write/postgres_store.hpp"
#include "tests/support/postgres.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace callmirror::write {

using namespace std::chrono_literals;

inline tests::postgres_cluster& cluster() {
    return tests::postgres_cluster::shared();
}

inline const providers::resource& resource_named(std::string_view name) {
    return *providers::find_resource(*providers::find_platform("snapcall"), name);
}

inline utc_time at(std::string_view text) {
    return *parse_time(text);
}

// Adds a row as decode makes it: `columns` by name, null where left out.
inline void add_row(row_batch& batch, const providers::resource& table, const std::string& account,
                    const std::string& key, std::uint64_t hash, const std::string& raw = "{}",
                    const std::map<std::string, std::string>& columns = {}) {
    const auto begin = batch.lines.size();
    batch.lines += escape_for_copy(account) + '\t' + key + '\t' +
                   std::to_string(static_cast<std::int64_t>(hash));
    for (const auto& column : table.columns) {
        const auto found = columns.find(std::string(column.name));
        batch.lines += '\t' + (found == columns.end() ? "\\N" : escape_for_copy(found->second));
    }
    batch.lines += '\t' + escape_for_copy(raw) + '\n';
    batch.rows.push_back({key, hash, static_cast<std::uint32_t>(begin),
                          static_cast<std::uint32_t>(batch.lines.size() - begin)});
}

inline void expect_outcome(const commit_outcome& outcome, std::uint64_t inserted,
                           std::uint64_t changed, std::uint64_t unchanged,
                           std::uint64_t deleted = 0, std::uint64_t rejected = 0) {
    EXPECT_EQ(outcome.inserted, inserted);
    EXPECT_EQ(outcome.changed, changed);
    EXPECT_EQ(outcome.unchanged, unchanged);
    EXPECT_EQ(outcome.deleted, deleted);
    EXPECT_EQ(outcome.rejected, rejected);
}

class StoreTest : public testing::Test {
protected:
    StoreTest()
        : database(cluster().migrated_database())
        , store({.url = cluster().url(database),
                 .statement_limit = 5s,
                 .idle_limit = 2s,
                 .answer_slack = 1s}) {}

    lease take(const std::string& account = "acme", const std::string& holder = "one",
               std::chrono::milliseconds time_to_live = 1min) {
        return store.acquire(account, holder, time_to_live).taken.value();
    }

    // A commit of calls with these hashes by id, of account acme.
    commit_unit calls(const lease& holder, const std::map<std::int64_t, std::uint64_t>& hashes) {
        commit_unit unit{.holder = holder, .platform = "snapcall"};
        unit.table = &resource_named("calls");
        for (const auto& [id, hash] : hashes)
            add_row(unit.rows, *unit.table, holder.account, std::to_string(id), hash,
                    "{\"id\": " + std::to_string(id) + ", \"hash\": " + std::to_string(hash) + "}");
        return unit;
    }

    std::string value(const std::string& sql) { return cluster().value(database, sql); }

    std::string database;
    postgres_store store;
};

} // namespace callmirror::write

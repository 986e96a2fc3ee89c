// Whether rows stand as a digest says.
#include "sync/write/batch.hpp"
#include "sync/write/postgres_store.hpp"
#include "sync/write/sql.hpp"

#include <algorithm>
#include <optional>

namespace callmirror::write {
namespace {

using postgres::parameters;
using postgres::transaction;

constexpr std::size_t compared_at_once = 5'000; // rows

// Some of the rows that are expected, in the order of their keys.
struct comparison {
    transaction& within;
    const table_sql& sql;
    const std::string& account;
    const row_batch& expected;
    std::span<const row_index> rows;

    const row_batch::row& at(std::size_t place) const { return expected.rows[rows[place]]; }
    parameters key_range() const {
        parameters values;
        values.add(account).add(at(0).key).add(at(rows.size() - 1).key);
        return values;
    }
    std::optional<std::vector<std::string>> by_rewritten() const;
    std::vector<std::string> one_by_one() const;
};

// A row that was written once has the content that a digest first saw in it: only the others are
// looked at, and the index says whether all are there. nullopt where that does not tell.
std::optional<std::vector<std::string>> comparison::by_rewritten() const {
    const auto most = rows.size();
    const auto found = within.run(sql.rewritten, key_range().add(static_cast<std::int64_t>(most)));
    if (static_cast<std::size_t>(found.size()) == most) {
        return std::nullopt;
    }
    std::vector<std::string> unlike;
    std::size_t others = 0;
    for (const auto& row : found) {
        const auto key = row[0].as<std::int64_t>();
        const auto place = std::ranges::lower_bound(
            rows, key, {}, [&](row_index i) { return std::stoll(expected.rows[i].key); });
        if (place == rows.end() || expected.rows[*place].key != row[0].c_str()) {
            ++others;
        } else if (row[2].as<bool>() || static_cast<std::uint64_t>(row[1].as<std::int64_t>()) !=
                                            expected.rows[*place].hash) {
            unlike.emplace_back(row[0].c_str());
        }
    }
    const auto wanted = static_cast<std::int64_t>(rows.size() + others);
    const auto there = within.run(sql.count_between, key_range().add(wanted));
    if (there[0][0].as<std::int64_t>() < wanted) {
        return std::nullopt;
    }
    return unlike;
}

std::vector<std::string> comparison::one_by_one() const {
    postgres::array_text hashes;
    for (const auto row : rows)
        hashes.add(static_cast<std::int64_t>(expected.rows[row].hash));
    const auto found = within.run(sql.unlike, parameters()
                                                  .add(account)
                                                  .add_ready(key_array(expected, rows,
                                                                       sql.number_keys))
                                                  .add_ready(hashes.take()));
    std::vector<std::string> unlike;
    for (const auto& row : found)
        unlike.push_back(at(static_cast<std::size_t>(row[0].as<std::int64_t>()) - 1).key);
    return unlike;
}

} // namespace

std::vector<std::string> postgres_store::unlike(const lease& held, const std::string& platform,
                                                const providers::resource& resource,
                                                const std::vector<key_and_hash>& expected) {
    const auto statements = make_table_sql(platform, resource);
    row_batch batch;
    for (const auto& each : expected)
        batch.rows.push_back({.key = each.key, .hash = each.hash});
    const auto order = order_rows(batch, statements.number_keys);
    std::vector<std::string> keys;
    for (std::size_t from = 0; from < order.rows.size(); from += compared_at_once) {
        const auto count = std::min(compared_at_once, order.rows.size() - from);
        const auto rows = std::span(order.rows).subspan(from, count);
        session_.in_transaction("compare rows of " + held.account, [&](transaction& within) {
            const comparison some{within, statements, held.account, batch, rows};
            // Text keys sort by the database's collation, not by ours.
            auto unlike = statements.number_keys ? some.by_rewritten() : std::nullopt;
            if (!unlike)
                unlike = some.one_by_one();
            keys.insert(keys.end(), unlike->begin(), unlike->end());
        });
    }
    return keys;
}

} // namespace callmirror::write

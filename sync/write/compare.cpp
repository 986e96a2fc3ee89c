// Whether rows stand as a digest says.
#include "sync/write/batch.hpp"
#include "sync/write/postgres_store.hpp"
#include "sync/write/sql.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace callmirror::write {
namespace {

using postgres::parameters;
using postgres::transaction;

constexpr std::size_t compared_at_once = 5'000; // rows
constexpr std::size_t most_foreign = 4;         // times as many, between them

std::int64_t number_of(std::string_view key) {
    std::int64_t number = 0;
    std::from_chars(key.data(), key.data() + key.size(), number);
    return number;
}

// Some of the rows that are expected, in the order of their keys.
struct comparison {
    transaction& within;
    const table_sql& sql;
    const std::string& account;
    const row_batch& expected;
    std::span<const row_index> rows;
    std::vector<std::int64_t> numbers; // their keys, where those are numbers

    const row_batch::row& at(std::size_t place) const { return expected.rows[rows[place]]; }
    parameters key_range() const {
        parameters values;
        values.add(account).add(at(0).key).add(at(rows.size() - 1).key);
        return values;
    }
    std::optional<std::vector<std::string>> by_rewritten() const;
    std::optional<std::size_t> place_of(std::string_view key) const;
    std::vector<std::string> one_by_one() const;
};

// A row that was written once has the content that a digest first saw in it: only the others are
// looked at, and the primary key says which are not there. nullopt where it is full of foreign
// rows.
std::optional<std::vector<std::string>> comparison::by_rewritten() const {
    const auto most = most_foreign * rows.size();
    const auto there = within.run(sql.ids_between, key_range().add(most));
    const auto rewritten = within.run(sql.rewritten, key_range().add(most));
    if (static_cast<std::size_t>(there.size()) == most ||
        static_cast<std::size_t>(rewritten.size()) == most)
        return std::nullopt;
    std::vector<std::string> unlike;
    std::vector<bool> is_there(rows.size());
    for (const auto& row : there)
        if (const auto place = place_of(row[0].c_str()))
            is_there[*place] = true;
    for (const auto& row : rewritten) {
        const auto place = place_of(row[0].c_str());
        if (place && (row[2].as<bool>() ||
                      static_cast<std::uint64_t>(row[1].as<std::int64_t>()) != at(*place).hash))
            is_there[*place] = false;
    }
    for (std::size_t place = 0; place < rows.size(); ++place)
        if (!is_there[place])
            unlike.push_back(at(place).key);
    return unlike;
}

// Of an expected key; nullopt for another one.
std::optional<std::size_t> comparison::place_of(std::string_view key) const {
    const auto found = std::ranges::lower_bound(numbers, number_of(key));
    const auto place = static_cast<std::size_t>(found - numbers.begin());
    return place < rows.size() && at(place).key == key ? std::optional(place) : std::nullopt;
}

std::vector<std::string> comparison::one_by_one() const {
    postgres::array_text hashes;
    for (const auto row : rows)
        hashes.add(static_cast<std::int64_t>(expected.rows[row].hash));
    const auto found =
        within.run(sql.unlike, parameters()
                                   .add(account)
                                   .add_ready(key_array(expected, rows, sql.number_keys))
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
            comparison some{within, statements, held.account, batch, rows, {}};
            if (statements.number_keys)
                for (const auto row : rows)
                    some.numbers.push_back(number_of(batch.rows[row].key));
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

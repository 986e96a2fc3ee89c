// The operator's own columns: which are to be filled, and filling them for rows that are there.
#include "sync/write/parts.hpp"
#include "sync/write/postgres_store.hpp"
#include "sync/write/sql.hpp"

#include <span>

namespace callmirror::write {
namespace {

using postgres::array_text;
using postgres::parameters;
using postgres::transaction;

constexpr int most_conflicts = 10;
constexpr int rows_at_once = 50;                           // in memory
constexpr std::size_t most_bytes = std::size_t{16} << 20U; // of raw, a transaction

std::string array_of(const std::vector<own_column_row>& rows, std::string own_column_row::*member) {
    array_text text;
    for (const auto& row : rows)
        text.add(row.*member);
    return text.take();
}

// The columns' numbers in their tables, in the order of `wanted`.
std::string places_of(transaction& within, const std::string& platform,
                      const std::vector<own_column_row>& wanted) {
    std::vector<int> places(wanted.size());
    parameters values;
    values.add(platform)
        .add_ready(array_of(wanted, &own_column_row::resource))
        .add_ready(array_of(wanted, &own_column_row::name));
    for (const auto& row : within.run(sql::columns_there.text, values))
        places[row[0].as<std::size_t>() - 1] = row[1].as<int>();
    array_text text;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (places[i] == 0)
            throw database_lost("the column " + platform + '.' + wanted[i].resource + '.' +
                                wanted[i].name +
                                " is not there any more\nhint: run callmirror migrate");
        text.add(places[i]);
    }
    return text.take();
}

struct row_to_fill {
    std::string key;
    std::vector<std::optional<std::string>> values; // one for each column
};

// One step's work within its transaction.
struct filler {
    transaction& within;
    const fill_sql& sql;
    const std::string& account;
    fill_outcome outcome{};

    void fill(std::span<const row_to_fill> rows);
    void fill_halving(std::span<const row_to_fill> rows);
};

void filler::fill(std::span<const row_to_fill> rows) {
    parameters statement;
    array_text keys;
    for (const auto& row : rows)
        keys.add(row.key);
    statement.add(account).add_ready(keys.take());
    for (std::size_t column = 0; column < rows.front().values.size(); ++column) {
        array_text values;
        for (const auto& row : rows)
            values.add(row.values[column]);
        statement.add_ready(values.take());
    }
    outcome.written += static_cast<std::uint64_t>(within.run(sql.fill, statement).size());
}

// Down to the rows whose value PostgreSQL refuses: one that is too long for an index on the column.
void filler::fill_halving(std::span<const row_to_fill> rows) {
    if (rows.empty())
        return;
    within.run("savepoint before_rows");
    try {
        fill(rows);
        within.run("release savepoint before_rows");
    } catch (const postgres::data_error&) {
        within.run("rollback to savepoint before_rows; release savepoint before_rows");
        if (rows.size() == 1) {
            ++outcome.refused;
            return;
        }
        fill_halving(rows.first(rows.size() / 2));
        fill_halving(rows.subspan(rows.size() / 2));
    }
}

} // namespace

settled_columns postgres_store::settle_columns(const lease& held, const std::string& platform,
                                               const std::vector<own_column_row>& wanted) {
    settled_columns settled;
    session_.in_transaction("settle the columns of " + held.account, [&](transaction& within) {
        settled = {};
        const std::string now = pass_fence(within, held);
        const auto resources = array_of(wanted, &own_column_row::resource);
        const auto names = array_of(wanted, &own_column_row::name);
        const auto gone =
            within.run(sql::remove_columns.text,
                       parameters().add(held.account).add_ready(resources).add_ready(names));
        for (const auto& row : gone)
            settled.dropped.push_back(row[0].as<std::string>() + '.' + row[1].as<std::string>());
        if (wanted.empty())
            return;
        parameters values;
        values.add(held.account)
            .add_ready(now)
            .add_ready(resources)
            .add_ready(names)
            .add_ready(places_of(within, platform, wanted))
            .add_ready(array_of(wanted, &own_column_row::pointers));
        within.run(sql::put_columns.text, values);
        for (const auto& row : within.run(sql::load_columns.text, parameters().add(held.account))) {
            const auto resource = row[0].as<std::string>();
            const auto filled_to = row[2].is_null() ? std::optional<std::string>()
                                                    : std::optional(row[2].as<std::string>());
            auto& list = settled.unfilled;
            if (list.empty() || list.back().resource != resource ||
                list.back().filled_to != filled_to)
                list.push_back({.resource = resource, .names = {}, .filled_to = filled_to});
            list.back().names.push_back(row[1].as<std::string>());
        }
    });
    return settled;
}

fill_outcome postgres_store::fill_columns(const lease& held, const std::string& platform,
                                          const providers::resource& table, unfilled_columns& which,
                                          const raw_reader& read, int most) {
    const fill_sql sql = make_fill_sql(platform, table);
    fill_outcome outcome;
    auto filled_to = which.filled_to;
    const auto step = [&](transaction& within) {
        filled_to = which.filled_to;
        const std::string now = pass_fence(within, held);
        within.run(sql::fill_by_key.text);
        filler work{.within = within, .sql = sql, .account = held.account};
        std::size_t bytes = 0;
        std::vector<row_to_fill> rows;
        while (!work.outcome.done && bytes < most_bytes &&
               work.outcome.looked_at < static_cast<std::uint64_t>(most)) {
            const auto found = within.run(
                sql.look, parameters().add(held.account).add(filled_to).add(rows_at_once));
            rows.clear();
            for (const auto& row : found) {
                const std::string_view raw(row[1].c_str(), row[1].size());
                bytes += raw.size();
                rows.push_back({.key = row[0].c_str(), .values = read(raw)});
            }
            work.fill_halving(rows);
            work.outcome.looked_at += rows.size();
            work.outcome.done = rows.size() < static_cast<std::size_t>(rows_at_once);
            filled_to = rows.empty() ? filled_to : std::optional(rows.back().key);
        }
        array_text names;
        for (const auto& name : which.names)
            names.add(name);
        parameters done;
        done.add(held.account).add(which.resource).add_ready(names.take()).add(filled_to);
        within.run(sql::fill_done.text, work.outcome.done ? done.add_ready(now) : done.add_null());
        outcome = work.outcome;
    };
    for (int conflicts = 0;;) {
        try {
            session_.in_transaction("fill columns of " + held.account, step);
            break;
        } catch (const postgres::transaction_conflict&) { // with a writer of the same rows
            if (++conflicts == most_conflicts)
                throw;
        }
    }
    which.filled_to = filled_to;
    return outcome;
}

} // namespace callmirror::write

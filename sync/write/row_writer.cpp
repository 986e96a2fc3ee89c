#include "sync/write/row_writer.hpp"

#include <charconv>
#include <cstring>
#include <functional>
#include <string_view>

namespace callmirror::write {
namespace {

using postgres::parameters;

using row_work = std::function<void(std::span<const row_index>)>;

struct row_writer {
    postgres::transaction& within;
    const table_sql& sql;
    const std::string& account;
    const std::string& now;
    const row_batch& batch;
    written_rows result{};

    bool nothing_there(std::span<const row_index> rows);
    void sort_out(std::span<const row_index> rows, std::vector<row_index>& fresh,
                  std::vector<row_index>& changed);
    void merge(std::span<const row_index> rows);
    void merge_halving(std::span<const row_index> rows);
    std::vector<row_index> halving(std::span<const row_index> rows, const row_work& work);
    void count_merged(const pqxx::result& merged);
};

// One look at the index tells that no key of the batch is there: history is read newest first, so
// that this is what a backfill meets. Text keys sort by the database's collation, not by ours.
bool row_writer::nothing_there(std::span<const row_index> rows) {
    if (!sql.number_keys)
        return false;
    return within
        .run(sql.range_taken, parameters()
                                  .add(account)
                                  .add(batch.rows[rows.front()].key)
                                  .add(batch.rows[rows.back()].key))
        .empty();
}

std::int64_t number_of(const char* text) {
    std::int64_t number = 0;
    std::from_chars(text, text + std::strlen(text), number);
    return number;
}

void row_writer::sort_out(std::span<const row_index> rows, std::vector<row_index>& fresh,
                          std::vector<row_index>& changed) {
    if (rows.empty() || nothing_there(rows)) {
        fresh.assign(rows.begin(), rows.end());
        return;
    }
    const auto found = within.run(
        sql.look_up, parameters().add(account).add_ready(key_array(batch, rows, sql.number_keys)));
    std::vector<bool> there(rows.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(found.size()); ++i) {
        const auto row = found[static_cast<pqxx::result::size_type>(i)];
        const auto place = static_cast<std::size_t>(number_of(row[0].c_str())) - 1;
        there[place] = true;
        const auto hash = static_cast<std::uint64_t>(number_of(row[1].c_str()));
        const bool was_deleted = row[2].c_str()[0] == 't';
        if (hash == batch.rows[rows[place]].hash && !was_deleted)
            ++result.outcome.unchanged;
        else
            changed.push_back(rows[place]);
    }
    for (std::size_t place = 0; place < rows.size(); ++place)
        if (!there[place])
            fresh.push_back(rows[place]);
}

void row_writer::count_merged(const pqxx::result& merged) {
    for (const auto& row : merged) {
        if (row[0].c_str()[0] == 't')
            ++result.outcome.inserted;
        else
            ++result.outcome.changed;
    }
}

void row_writer::merge(std::span<const row_index> rows) {
    within.run(sql.make_stage);
    within.copy(sql.copy_stage, line_pieces(batch, rows));
    count_merged(within.run(sql.merge_stage, parameters().add_ready(now)));
}

// Does `work` for all of `rows`, or where PostgreSQL refuses one of them for each half, and so on
// down to the row that is refused. Returns those that were not. One stage serves it all: a lock on
// each of thousands would fill the server's lock table.
std::vector<row_index> row_writer::halving(std::span<const row_index> rows, const row_work& work) {
    if (rows.empty())
        return {};
    within.run("savepoint before_rows");
    try {
        work(rows);
        within.run("release savepoint before_rows");
        return {rows.begin(), rows.end()};
    } catch (const postgres::data_error& error) {
        within.run("rollback to savepoint before_rows; release savepoint before_rows");
        if (rows.size() == 1) {
            result.refused.push_back({rows.front(), error.reason()});
            return {};
        }
    }
    auto good = halving(rows.first(rows.size() / 2), work);
    const auto more = halving(rows.subspan(rows.size() / 2), work);
    good.insert(good.end(), more.begin(), more.end());
    return good;
}

// Most refusals are the stage's: a value that is none of its column's type. A few are the table's
// own: a value too long for an index.
void row_writer::merge_halving(std::span<const row_index> rows) {
    within.run(sql.make_stage);
    const auto staged = halving(rows, [&](std::span<const row_index> some) {
        within.copy(sql.copy_stage, line_pieces(batch, some));
    });
    halving(staged, [&](std::span<const row_index> some) {
        count_merged(within.run(sql.merge_some, parameters().add_ready(now).add_ready(
                                                    key_array(batch, some, sql.number_keys))));
    });
}

} // namespace

written_rows write_rows(postgres::transaction& within, const table_sql& sql,
                        const std::string& account, const std::string& now, const row_batch& batch,
                        const ordered_batch& order, write_mode mode) {
    row_writer writer{within, sql, account, now, batch};
    for (const row_index row : order.misfit)
        writer.result.refused.push_back({row, "the key is not a number of 64 bits"});

    std::vector<row_index> fresh;
    std::vector<row_index> changed;
    writer.sort_out(order.rows, fresh, changed);
    if (mode == write_mode::direct) {
        if (!fresh.empty())
            within.copy(sql.copy_table, line_pieces(batch, fresh));
        writer.result.outcome.inserted += fresh.size();
        if (!changed.empty())
            writer.merge(changed);
        return std::move(writer.result);
    }
    changed.insert(changed.end(), fresh.begin(), fresh.end());
    if (mode == write_mode::halving)
        writer.merge_halving(changed);
    else if (!changed.empty())
        writer.merge(changed);
    return std::move(writer.result);
}

} // namespace callmirror::write

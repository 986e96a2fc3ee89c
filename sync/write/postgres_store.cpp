#include "sync/write/postgres_store.hpp"

#include "sync/write/parts.hpp"
#include "sync/write/sql.hpp"

#include <stdexcept>
#include <utility>

namespace callmirror::write {
namespace {

using postgres::parameters;
using postgres::transaction;

constexpr std::uint64_t rows_worth_analyzing = 1000;
constexpr int most_conflicts = 10;

[[noreturn]] void throw_lost(const lease& held) {
    throw lease_lost("account " + held.account + ": its lease " + std::to_string(held.fence) +
                     " is no longer held by " + held.holder);
}

parameters fence_of(const lease& held) {
    parameters values;
    values.add(held.account).add(held.holder).add(held.fence);
    return values;
}

// The account stands in each line already; a line of another account must not slip through.
void check_lines(const commit_unit& unit) {
    const std::string start = escape_for_copy(unit.holder.account) + '\t';
    const std::string_view lines = unit.rows.lines;
    for (const auto& row : unit.rows.rows)
        if (!lines.substr(row.begin, row.size).starts_with(start))
            throw std::invalid_argument("commit: row " + row.key + " is not one of account " +
                                        unit.holder.account);
    if (unit.table == nullptr && !(unit.rows.rows.empty() && unit.deleted.empty()))
        throw std::invalid_argument("commit: rows without a table");
}

std::uint64_t mark_deleted(transaction& within, const table_sql& sql, const commit_unit& unit,
                           const std::string& now) {
    row_batch keys;
    for (const auto& key : unit.deleted)
        keys.rows.push_back({.key = key});
    const ordered_batch order = order_rows(keys, sql.number_keys);
    return static_cast<std::uint64_t>(
        within
            .run(sql.mark_deleted, parameters()
                                       .add(unit.holder.account)
                                       .add_ready(key_array(keys, order.rows, sql.number_keys))
                                       .add_ready(now))
            .size());
}

bool reject(transaction& within, const commit_unit& unit, const refused_row& refused,
            const std::string& now) {
    const auto& row = unit.rows.rows[refused.row];
    const rejected_row rejected{
        .resource = std::string(unit.table->name),
        .where = "",
        .reason = refused.reason,
        .raw = raw_of_line(std::string_view(unit.rows.lines).substr(row.begin, row.size)),
    };
    return put_rejected(within, unit.holder.account, rejected, row.key, now);
}

} // namespace

std::string pass_fence(transaction& within, const lease& held) {
    const auto rows = within.run(sql::fence.text, fence_of(held));
    if (rows.empty())
        throw_lost(held);
    return rows[0][0].c_str();
}

namespace {

// That the server has crashed since may not show otherwise: all connections may be new ones.
void check_pieces(transaction& within, const commit_unit& unit) {
    if (unit.relies_on_pieces.empty())
        return;
    postgres::array_text pieces;
    for (const auto piece : unit.relies_on_pieces)
        pieces.add(piece);
    const auto there = within.run(
        sql::count_pieces.text,
        parameters().add(unit.holder.account).add(unit.relies_on_slice).add_ready(pieces.take()));
    if (there[0][0].as<std::size_t>() != unit.relies_on_pieces.size())
        throw database_lost("the server has lost its last commits for " + unit.holder.account);
}

} // namespace

postgres_store::postgres_store(postgres::session_options options)
    : session_(std::move(options)) {
    session_.connect();
}

lease_answer postgres_store::acquire(const std::string& account, const std::string& holder,
                                     std::chrono::milliseconds time_to_live) {
    lease_answer answer;
    session_.in_transaction("take the lease of " + account, [&](transaction& within) {
        const auto look = [&] {
            return within.run(sql::look_at_lease.text, parameters().add(account));
        };
        const auto before = look();
        // An ON CONFLICT that changes nothing writes all the same: ask first.
        if (!before.empty() && before[0][1].c_str()[0] == 't' && before[0][0].c_str() != holder) {
            answer.held_by = before[0][0].c_str();
            return;
        }
        if (!before.empty() && before[0][0].c_str() != holder)
            within.run(sql::end_stuck.text, parameters().add(time_to_live.count() / 2));
        // The time as text: a millisecond cut off would be one before the release.
        const auto clock = within.run("select clock_timestamp()");
        const auto taken = within.run(sql::take_lease.text, parameters()
                                                                .add(account)
                                                                .add(holder)
                                                                .add(clock[0][0].c_str())
                                                                .add(time_to_live.count()));
        if (taken.empty()) {
            answer.held_by = look()[0][0].c_str();
            return;
        }
        answer.taken = lease{account, holder, taken[0][0].as<std::int64_t>()};
        const utc_time now = postgres::time_from_sql(clock[0][0].c_str());
        const utc_time quiet = postgres::time_from_sql(taken[0][1].c_str());
        if (quiet > now)
            answer.wait_before_request = quiet - now;
    });
    return answer;
}

bool postgres_store::renew(const lease& held, std::chrono::milliseconds time_to_live) {
    bool ordered = false;
    session_.in_transaction("renew the lease of " + held.account, [&](transaction& within) {
        const auto rows =
            within.run(sql::renew_lease.text, fence_of(held).add(time_to_live.count()));
        if (rows.empty())
            throw_lost(held);
        ordered = rows[0][0].c_str()[0] == 't';
    });
    return ordered;
}

void postgres_store::keep_quiet(const lease& held, std::chrono::milliseconds quiet) {
    session_.in_transaction("keep quiet for " + held.account, [&](transaction& within) {
        if (within.run(sql::keep_quiet.text, fence_of(held).add(quiet.count())).empty())
            throw_lost(held);
    });
}

void postgres_store::release(const lease& held, std::chrono::milliseconds quiet) noexcept {
    try {
        session_.in_transaction("release the lease of " + held.account, [&](transaction& within) {
            within.run(sql::release_lease.text, fence_of(held).add(quiet.count()));
        });
    } catch (...) { // it runs out by itself
    }
}

commit_outcome postgres_store::commit(const commit_unit& unit) {
    check_lines(unit);
    table_state* const table = unit.table != nullptr ? &table_of(unit) : nullptr;
    const ordered_batch order =
        table != nullptr ? order_rows(unit.rows, table->sql.number_keys) : ordered_batch{};

    commit_outcome outcome;
    int conflicts = 0;
    for (auto mode = write_mode::direct;;) {
        try {
            outcome = attempt(unit, table, order, mode);
            break;
        } catch (const postgres::data_error& error) {
            // After halving it is none of the rows.
            if (mode == write_mode::halving || table == nullptr)
                throw database_lost(error.what());
            mode = mode == write_mode::direct ? write_mode::staged : write_mode::halving;
        } catch (const postgres::transaction_conflict&) {
            // Two writers of one table: the stage takes all keys in one order, so that they wait
            // for each other instead.
            if (++conflicts == most_conflicts)
                throw;
            if (mode == write_mode::direct)
                mode = write_mode::staged;
        }
    }
    if (table != nullptr && !table->analyzed) {
        table->written += outcome.inserted + outcome.changed;
        if (table->written >= rows_worth_analyzing)
            analyze_new(*table);
    }
    return outcome;
}

commit_outcome postgres_store::attempt(const commit_unit& unit, table_state* table,
                                       const ordered_batch& order, write_mode mode) {
    commit_outcome outcome;
    session_.in_transaction("commit for " + unit.holder.account, [&](transaction& within) {
        const std::string now = pass_fence(within, unit.holder);
        if (!unit.is_durable)
            within.run("set local synchronous_commit = off");
        check_pieces(within, unit);
        if (!unit.rows.rows.empty()) {
            const auto written =
                write_rows(within, table->sql, unit.holder.account, now, unit.rows, order, mode);
            outcome = written.outcome;
            for (const auto& refused : written.refused)
                outcome.rejected += reject(within, unit, refused, now) ? 1U : 0U;
        }
        if (!unit.deleted.empty())
            outcome.deleted = mark_deleted(within, table->sql, unit, now);
        outcome.rejected += write_parts(within, unit, now);
    });
    return outcome;
}

postgres_store::table_state& postgres_store::table_of(const commit_unit& unit) {
    const std::string name = unit.platform + "." + std::string(unit.table->name);
    const auto found = tables_.find(name);
    if (found != tables_.end())
        return found->second;
    return tables_.emplace(name, table_state{.sql = make_table_sql(unit.platform, *unit.table)})
        .first->second;
}

// Statistics that say "empty" make look-ups by key a thousand times slower, and autovacuum comes
// after a minute. What was committed stays so whatever happens here.
void postgres_store::analyze_new(table_state& table) noexcept {
    try {
        bool wanted = false;
        session_.in_transaction("analyze " + table.sql.table, [&](transaction& within) {
            const auto rows = within.run(sql::table_rows.text, parameters().add(table.sql.table));
            wanted = rows[0][0].as<std::int64_t>() <= 0;
        });
        if (wanted)
            session_.alone("analyze " + table.sql.table, "analyze " + table.sql.table);
        table.analyzed = true;
    } catch (...) { // tried again after the next commit
    }
}

} // namespace callmirror::write

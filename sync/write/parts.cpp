#include "sync/write/parts.hpp"

#include "sync/write/sql.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace callmirror::write {
namespace {

using postgres::array_text;
using postgres::parameters;
using postgres::transaction;

constexpr std::array<std::pair<suspect_state, std::string_view>, 4> state_names{{
    {suspect_state::ask, "ask"},
    {suspect_state::absent, "absent"},
    {suspect_state::held, "held"},
    {suspect_state::watched, "watched"},
}};

constexpr std::size_t most_raw = std::size_t{1} << 20;

std::string ids(const std::vector<std::int64_t>& list) {
    array_text text;
    for (const auto id : list)
        text.add(id);
    return text.take();
}

// One array for each column of `rows`; each getter gives one column.
template <typename Row, typename... Getters>
void add_columns(parameters& values, const std::vector<Row>& rows, const Getters&... getters) {
    const auto add_column = [&](const auto& getter) {
        array_text column;
        for (const Row& row : rows)
            column.add(getter(row));
        values.add_ready(column.take());
    };
    (add_column(getters), ...);
}

template <typename Row, typename Member>
auto field(Member Row::*member) {
    return [member](const Row& row) -> const Member& { return row.*member; };
}

void put_slices(transaction& within, const std::string& account,
                const std::vector<slice_row>& slices) {
    parameters values;
    values.add(account);
    add_columns(values, slices, field(&slice_row::id), field(&slice_row::resource),
                field(&slice_row::scope), field(&slice_row::begins), field(&slice_row::ends),
                field(&slice_row::read_at), field(&slice_row::due_at), field(&slice_row::records),
                field(&slice_row::pages), field(&slice_row::reads), field(&slice_row::failures),
                field(&slice_row::changed_at));
    within.run(sql::put_slices.text, values);
}

void remove_slices(transaction& within, const std::string& account,
                   const std::vector<slice_id>& gone, const std::string& now) {
    within.run(sql::keep_last_slice.text,
               parameters().add(account).add(*std::ranges::max_element(gone)).add_ready(now));
    within.run(sql::remove_digests.text, parameters().add(account).add_ready(ids(gone)));
    within.run(sql::remove_slices.text, parameters().add(account).add_ready(ids(gone)));
}

void move_digest(transaction& within, const std::string& account, slice_id from, slice_id to) {
    within.run(sql::move_digests.text, parameters().add(account).add(from).add(to));
    within.run(sql::move_suspects.text, parameters().add(account).add(from).add(to));
}

void put_digests(transaction& within, const std::string& account,
                 const std::vector<digest_piece>& pieces) {
    array_text contents;
    for (const auto& piece : pieces)
        contents.add_bytes(piece.content);
    parameters values;
    values.add(account);
    add_columns(values, pieces, field(&digest_piece::slice), field(&digest_piece::piece));
    values.add_ready(contents.take());
    within.run(sql::put_digests.text, values);
}

void put_suspects(transaction& within, const std::string& account,
                  const std::vector<suspect_row>& suspects) {
    parameters values;
    values.add(account);
    add_columns(
        values, suspects, field(&suspect_row::resource), field(&suspect_row::key),
        field(&suspect_row::scope), field(&suspect_row::slice),
        [](const suspect_row& row) { return name_of(row.state); },
        field(&suspect_row::missing_since), field(&suspect_row::ask_at),
        field(&suspect_row::attempts));
    within.run(sql::put_suspects.text, values);
}

void update_suspects(transaction& within, const std::string& account,
                     const std::vector<suspect_row>& suspects) {
    parameters values;
    values.add(account);
    add_columns(
        values, suspects, field(&suspect_row::resource), field(&suspect_row::key),
        [](const suspect_row& row) { return name_of(row.state); }, field(&suspect_row::ask_at),
        field(&suspect_row::attempts));
    within.run(sql::update_suspects.text, values);
}

void put_listings(transaction& within, const std::string& account,
                  const std::vector<listing_row>& listings) {
    parameters values;
    values.add(account);
    add_columns(
        values, listings, field(&listing_row::resource), field(&listing_row::scope),
        field(&listing_row::first_page), field(&listing_row::limit),
        field(&listing_row::full_page_seen), field(&listing_row::largest_page),
        [](const listing_row& row) -> std::optional<std::int64_t> {
            return row.granularity ? std::optional<std::int64_t>(row.granularity->count())
                                   : std::nullopt;
        },
        field(&listing_row::serves_total), field(&listing_row::history_complete),
        field(&listing_row::history_start), field(&listing_row::aside_until),
        field(&listing_row::aside_reason), field(&listing_row::last_error),
        field(&listing_row::last_error_at), field(&listing_row::failures),
        field(&listing_row::head_read_at));
    within.run(sql::put_listings.text, values);
}

void put_account(transaction& within, const std::string& account, const account_row& row,
                 const std::string& now) {
    within.run(sql::put_account.text, parameters()
                                          .add(account)
                                          .add(row.provider)
                                          .add(row.state)
                                          .add(row.reason)
                                          .add(row.pace)
                                          .add_ready(ids(row.companies))
                                          .add_ready(now));
}

void write_suspects(transaction& within, const commit_unit& unit) {
    const std::string& account = unit.holder.account;
    if (!unit.cleared_suspects.empty()) {
        array_text resources;
        array_text keys;
        for (const auto& [resource, key] : unit.cleared_suspects) {
            resources.add(resource);
            keys.add(key);
        }
        within.run(sql::remove_suspects.text,
                   parameters().add(account).add_ready(resources.take()).add_ready(keys.take()));
    }
    if (!unit.suspects.empty())
        put_suspects(within, account, unit.suspects);
    if (!unit.asked_suspects.empty())
        update_suspects(within, account, unit.asked_suspects);
}

void write_slices(transaction& within, const commit_unit& unit, const std::string& now) {
    const std::string& account = unit.holder.account;
    if (!unit.cleared_digests.empty())
        within.run(sql::remove_digests.text,
                   parameters().add(account).add_ready(ids(unit.cleared_digests)));
    if (!unit.digest_pieces.empty())
        put_digests(within, account, unit.digest_pieces);
    // Moved with what was just added, and before their slice goes.
    for (const auto& [from, to] : unit.moved_digests)
        move_digest(within, account, from, to);
    if (!unit.gone_slices.empty())
        remove_slices(within, account, unit.gone_slices, now);
    if (!unit.slices.empty())
        put_slices(within, account, unit.slices);
}

void put_fields(transaction& within, const std::string& account,
                const std::vector<field_row>& fields) {
    parameters values;
    values.add(account);
    add_columns(values, fields, field(&field_row::resource), field(&field_row::path),
                field(&field_row::type), field(&field_row::example), field(&field_row::seen),
                field(&field_row::last_record), field(&field_row::first_seen_at),
                field(&field_row::last_seen_at), field(&field_row::vanished_at));
    within.run(sql::put_fields.text, values);
}

} // namespace

std::string_view name_of(suspect_state state) {
    return std::ranges::find(state_names, state, &decltype(state_names)::value_type::first)->second;
}

suspect_state suspect_state_named(std::string_view name) {
    const auto found =
        std::ranges::find(state_names, name, &decltype(state_names)::value_type::second);
    if (found == state_names.end())
        throw std::runtime_error("callmirror.suspects has a state \"" + std::string(name) + "\"");
    return found->first;
}

std::uint64_t write_parts(transaction& within, const commit_unit& unit, const std::string& now) {
    const std::string& account = unit.holder.account;
    write_suspects(within, unit);
    write_slices(within, unit, now);
    if (!unit.listings.empty())
        put_listings(within, account, unit.listings);
    if (unit.account)
        put_account(within, account, *unit.account, now);
    std::uint64_t rejected = 0;
    for (const auto& each : unit.rejected)
        rejected += put_rejected(within, account, each, std::nullopt, now) ? 1U : 0U;
    if (!unit.fields.empty())
        put_fields(within, account, unit.fields);
    if (!unit.done_orders.empty())
        within.run(sql::close_orders.text,
                   parameters().add(account).add_ready(ids(unit.done_orders)).add_ready(now));
    return rejected;
}

bool put_rejected(transaction& within, const std::string& account, const rejected_row& rejected,
                  const std::optional<std::string>& key, const std::string& now) {
    const auto values = parameters()
                            .add(account)
                            .add(rejected.resource)
                            .add(key)
                            .add(rejected.where)
                            .add(rejected.reason)
                            .add_ready(postgres::storable(rejected.raw, most_raw))
                            .add_ready(now);
    return !within.run(sql::put_rejected.text, values).empty();
}

} // namespace callmirror::write

#include "tests/simulation/memory_store.hpp"

#include "sync/decode/decoder.hpp"
#include "sync/engine/context.hpp"
#include "sync/plan/digest.hpp"
#include "sync/write/batch.hpp"

#include <algorithm>
#include <unordered_set>

namespace callmirror::simulation {
namespace {

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    line.remove_suffix(line.ends_with('\n') ? 1 : 0);
    while (true) {
        const auto tab = line.find('\t');
        fields.push_back(line.substr(0, tab));
        if (tab == std::string_view::npos) {
            return fields;
        }
        line.remove_prefix(tab + 1);
    }
}

// nullopt for null, and where there is no such row.
std::optional<std::string> column_of(const mirrored_table& table, const std::string& key,
                                     const std::vector<std::string>& columns,
                                     std::string_view name) {
    const auto row = table.find(key);
    if (row == table.end()) {
        return std::nullopt;
    }
    const auto at = std::ranges::find(columns, name);
    const auto field =
        fields_of(row->second.line).at(static_cast<std::size_t>(at - columns.begin()));
    return field == "\\N" ? std::nullopt : std::optional(std::string(field));
}

const providers::resource& resource_named(const std::string& platform, std::string_view name) {
    return *providers::find_resource(*providers::find_platform(platform), name);
}

} // namespace

std::string mirrored_row::raw() const {
    return write::raw_of_line(line);
}

// ---- leases

bool memory_store::holds(const write::lease& held) const {
    const auto found = now_has_.leases.find(held.account);
    return found != now_has_.leases.end() && found->second.holder == held.holder &&
           found->second.fence == held.fence;
}

void memory_store::pass_fence(const write::lease& held) const {
    if (!holds(held) || now_has_.leases.at(held.account).expires_at <= now()) {
        throw write::lease_lost("the lease of " + held.holder + " is lost");
    }
}

write::lease_answer memory_store::acquire(const std::string& account, const std::string& holder,
                                          std::chrono::milliseconds time_to_live) {
    becomes_durable();
    auto& row = now_has_.leases[account];
    write::lease_answer answer;
    if (row.fence > 0 && row.expires_at > now() && row.holder != holder) {
        answer.held_by = row.holder;
        return answer;
    }
    row.holder = holder;
    ++row.fence;
    row.expires_at = now() + time_to_live;
    answer.taken = write::lease{account, holder, row.fence};
    if (row.quiet_until > now()) {
        answer.wait_before_request = row.quiet_until - now();
    }
    return answer;
}

bool memory_store::renew(const write::lease& held, std::chrono::milliseconds time_to_live) {
    if (!holds(held)) {
        throw write::lease_lost("the lease of " + held.holder + " is lost");
    }
    becomes_durable();
    now_has_.leases[held.account].expires_at = now() + time_to_live;
    return has_open_orders();
}

void memory_store::keep_quiet(const write::lease& held, std::chrono::milliseconds quiet) {
    if (!holds(held)) {
        throw write::lease_lost("the lease of " + held.holder + " is lost");
    }
    becomes_durable();
    now_has_.leases[held.account].quiet_until = now() + quiet;
}

void memory_store::release(const write::lease& held, std::chrono::milliseconds quiet) noexcept {
    if (holds(held)) {
        now_has_.leases[held.account].expires_at = now();
        now_has_.leases[held.account].quiet_until = now() + quiet;
    }
}

void memory_store::crash() {
    ++crashes_;
    if (on_disk_) {
        now_has_ = std::move(*on_disk_);
        on_disk_.reset();
    }
}

// ---- reading back

write::account_state memory_store::load(const write::lease& held) {
    pass_fence(held);
    write::account_state state;
    state.account = now_has_.account.value_or(write::account_row{});
    for (const auto& [name, row] : now_has_.listings) {
        state.listings.push_back(row);
    }
    state.last_slice = now_has_.last_slice;
    for (const auto& [id, slice] : now_has_.slices) {
        state.slices.push_back(slice);
        state.last_slice = std::max(state.last_slice, id);
    }
    std::ranges::sort(state.slices, [](const auto& a, const auto& b) {
        return std::tie(a.resource, a.scope, a.begins, a.id) <
               std::tie(b.resource, b.scope, b.begins, b.id);
    });
    for (const auto& [slice, pieces] : now_has_.digests) {
        if (!pieces.empty()) {
            state.last_piece = std::max(state.last_piece, pieces.rbegin()->first);
        }
    }
    return state;
}

std::vector<write::digest_piece> memory_store::load_digest(const write::lease& /*held*/,
                                                           write::slice_id slice) {
    std::vector<write::digest_piece> pieces;
    if (const auto found = now_has_.digests.find(slice); found != now_has_.digests.end()) {
        for (const auto& [piece, content] : found->second) {
            pieces.push_back({slice, piece, content});
        }
    }
    return pieces;
}

std::vector<write::suspect_to_ask>
memory_store::suspects_to_ask(const write::lease& /*held*/, const std::string& platform,
                              const providers::resource& resource, const std::string& scope,
                              utc_time at, int most) {
    std::vector<write::suspect_to_ask> list;
    for (const auto& [name, suspect] : now_has_.suspects) {
        if (suspect.resource == resource.name && suspect.scope == scope &&
            suspect.state == write::suspect_state::ask &&
            (suspect.ask_at <= at || suspect.ask_at > at + std::chrono::days(31))) {
            list.push_back({suspect, {}, true});
        }
    }
    std::ranges::sort(list, [](const auto& a, const auto& b) {
        return std::tie(a.suspect.ask_at, a.suspect.key) <
               std::tie(b.suspect.ask_at, b.suspect.key);
    });
    list.resize(std::min(list.size(), static_cast<std::size_t>(most)));
    const auto columns = decode::line_columns(resource);
    for (auto& each : list) {
        for (const auto& parameter : resource.record_parameters) {
            auto value = column_of(now_has_.tables[std::string(resource.name)], each.suspect.key,
                                   columns, parameter.column);
            if (value && !parameter.via_table.empty()) {
                const auto& other = resource_named(platform, parameter.via_table);
                const auto& rows = now_has_.tables[std::string(parameter.via_table)];
                const auto names = decode::line_columns(other);
                value = parameter.via_match == "id"
                            ? column_of(rows, *value, names, parameter.via_column)
                            : throw broken("only look-ups by id are simulated");
            }
            each.resolvable = each.resolvable && value && !value->empty();
            each.parameters.push_back(value.value_or(""));
        }
    }
    return list;
}

std::vector<write::suspect_row> memory_store::suspects_of(const write::lease& /*held*/,
                                                          write::slice_id slice) {
    std::vector<write::suspect_row> list;
    for (const auto& [name, suspect] : now_has_.suspects) {
        if (suspect.slice == slice) {
            list.push_back(suspect);
        }
    }
    return list;
}

std::vector<write::suspect_row> memory_store::suspects_named(const write::lease& /*held*/,
                                                             const std::string& resource,
                                                             const std::vector<std::string>& keys) {
    std::vector<write::suspect_row> list;
    for (const auto& key : keys) {
        if (const auto found = now_has_.suspects.find({resource, key});
            found != now_has_.suspects.end()) {
            list.push_back(found->second);
        }
    }
    return list;
}

std::vector<write::suspect_row> memory_store::suspects_held(const write::lease& /*held*/,
                                                            const std::string& resource,
                                                            const std::string& scope) {
    std::vector<write::suspect_row> list;
    for (const auto& [name, suspect] : now_has_.suspects) {
        if (suspect.resource == resource && suspect.scope == scope &&
            suspect.state == write::suspect_state::held) {
            list.push_back(suspect);
        }
    }
    return list;
}

std::map<std::string, std::uint64_t> memory_store::count_rejected(const write::lease& /*held*/) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& each : now_has_.rejected) {
        ++counts[std::get<0>(each)];
    }
    return counts;
}

std::vector<std::string> memory_store::keys_of(const write::lease& /*held*/,
                                               const std::string& platform,
                                               const providers::key_source& from) {
    const auto columns = decode::line_columns(resource_named(platform, from.table));
    const auto& rows = table(std::string(from.table));
    std::set<std::string> keys;
    for (const auto& [key, row] : rows) {
        const auto value =
            row.deleted_at ? std::nullopt : column_of(rows, key, columns, from.column);
        if (value && !value->empty()) {
            keys.insert(*value);
        }
    }
    return {keys.begin(), keys.end()};
}

std::vector<write::order_row> memory_store::open_orders(const write::lease& /*held*/) {
    std::vector<write::order_row> open;
    for (const auto& [order, done] : now_has_.orders) {
        if (!done) {
            open.push_back(order);
        }
    }
    return open;
}

std::vector<std::string> memory_store::unlike(const write::lease& /*held*/,
                                              const std::string& /*platform*/,
                                              const providers::resource& resource,
                                              const std::vector<write::key_and_hash>& expected) {
    const auto& rows = table(std::string(resource.name));
    std::vector<std::string> keys;
    for (const auto& each : expected) {
        const auto row = rows.find(each.key);
        const bool is_there = row != rows.end();
        if (!is_there || (row->second.is_rewritten && row->second.hash != each.hash) ||
            row->second.deleted_at) {
            keys.push_back(each.key);
        }
    }
    return keys;
}

void memory_store::place_order(write::order_row order) {
    becomes_durable();
    order.id = static_cast<std::int64_t>(now_has_.orders.size()) + 1;
    now_has_.orders.emplace_back(std::move(order), false);
}

bool memory_store::has_open_orders() const {
    return std::ranges::any_of(now_has_.orders, [](const auto& each) { return !each.second; });
}

const mirrored_table& memory_store::table(const std::string& resource) const {
    static const mirrored_table none;
    const auto found = now_has_.tables.find(resource);
    return found == now_has_.tables.end() ? none : found->second;
}

// ---- the one way to write

write::commit_outcome memory_store::commit(const write::commit_unit& unit) {
    pass_fence(unit.holder);
    for (const auto piece : unit.relies_on_pieces) {
        const auto held = now_has_.digests.find(unit.relies_on_slice);
        if (held == now_has_.digests.end() || !held->second.contains(piece)) {
            throw write::database_lost("the server has lost its last commits");
        }
    }
    if (unit.is_durable) {
        becomes_durable();
    } else if (!on_disk_) {
        on_disk_ = now_has_;
    }
    ++commits_;
    write::commit_outcome outcome;
    write_rows(unit, outcome);
    for (const auto& name : unit.cleared_suspects) {
        now_has_.suspects.erase(name);
    }
    for (const auto& each : unit.suspects) {
        now_has_.suspects[{each.resource, each.key}] = each;
    }
    for (const auto& each : unit.asked_suspects) {
        if (const auto there = now_has_.suspects.find({each.resource, each.key});
            there != now_has_.suspects.end()) {
            there->second.state = each.state;
            there->second.ask_at = each.ask_at;
            there->second.attempts = each.attempts;
        }
    }
    write_digests(unit);
    for (const auto& each : unit.slices) {
        now_has_.slices[each.id] = each;
    }
    for (const auto& each : unit.listings) {
        now_has_.listings[{each.resource, each.scope}] = each;
    }
    if (unit.account) {
        now_has_.account = unit.account;
    }
    for (const auto& each : unit.rejected) {
        outcome.rejected +=
            now_has_.rejected.emplace(each.resource, each.reason, each.raw).second ? 1U : 0U;
    }
    for (const auto id : unit.done_orders) {
        now_has_.orders.at(static_cast<std::size_t>(id) - 1).second = true;
    }
    return outcome;
}

void memory_store::write_rows(const write::commit_unit& unit, write::commit_outcome& outcome) {
    if (unit.table == nullptr) {
        if (!unit.rows.rows.empty() || !unit.deleted.empty()) {
            all_.fail("commit: rows without a table");
        }
        return;
    }
    auto& table = now_has_.tables[std::string(unit.table->name)];
    std::unordered_set<std::string_view> keys;
    for (const auto& row : unit.rows.rows) {
        const auto line = std::string_view(unit.rows.lines).substr(row.begin, row.size);
        const auto fields = fields_of(line);
        const auto hash = std::to_string(static_cast<std::int64_t>(row.hash));
        if (fields.size() < 4 || fields[0] != unit.holder.account || fields[1] != row.key ||
            fields[2] != hash) {
            all_.fail("commit: row " + row.key + " does not fit its line " + std::string(line));
        }
        if (!keys.insert(row.key).second) {
            all_.fail("commit: key " + row.key + " twice in one batch");
        }
        const auto [at, fresh] = table.try_emplace(row.key);
        auto& kept = at->second;
        if (!fresh && kept.hash == row.hash && !kept.deleted_at) {
            ++outcome.unchanged;
            continue;
        }
        ++(fresh ? outcome.inserted : outcome.changed);
        kept.first_seen_at = fresh ? now() : kept.first_seen_at;
        kept.is_rewritten = !fresh;
        kept.line = line;
        kept.hash = row.hash;
        kept.changed_at = now();
        kept.deleted_at.reset();
    }
    for (const auto& key : unit.deleted) {
        const auto at = table.find(key);
        if (at != table.end() && !at->second.deleted_at) {
            at->second.deleted_at = now();
            at->second.changed_at = now();
            ++outcome.deleted;
        }
    }
}

void memory_store::write_digests(const write::commit_unit& unit) {
    for (const auto id : unit.cleared_digests) {
        now_has_.digests.erase(id);
    }
    for (const auto& each : unit.digest_pieces) {
        now_has_.digests[each.slice][each.piece] = each.content;
    }
    for (const auto& [from, to] : unit.moved_digests) {
        auto pieces = std::move(now_has_.digests[from]);
        now_has_.digests.erase(from);
        auto& into = now_has_.digests[to];
        const bool overlap = std::ranges::any_of(
            pieces, [&](const auto& each) { return into.contains(each.first); });
        const auto shift = overlap ? into.rbegin()->first + 1 - pieces.begin()->first : 0;
        for (auto& [piece, content] : pieces) {
            into[piece + shift] = std::move(content);
        }
        for (auto& [name, suspect] : now_has_.suspects) {
            suspect.slice = suspect.slice == from ? to : suspect.slice;
        }
    }
    for (const auto id : unit.gone_slices) {
        now_has_.digests.erase(id);
        now_has_.slices.erase(id);
        now_has_.last_slice = std::max(now_has_.last_slice, id);
    }
}

// ---- what must always be true

std::optional<plan::digest> memory_store::digest_of(write::slice_id slice) const {
    plan::digest whole;
    if (const auto pieces = now_has_.digests.find(slice); pieces != now_has_.digests.end()) {
        for (const auto& [piece, content] : pieces->second) {
            if (!whole.append(content)) {
                return std::nullopt;
            }
        }
    }
    return whole;
}

bool memory_store::awaits_another_read(const std::string& resource, std::string_view key) const {
    return std::ranges::any_of(now_has_.slices, [&](const auto& each) {
        const auto& [id, slice] = each;
        const auto whole = slice.resource == resource ? digest_of(id) : std::nullopt;
        return whole && whole->find(key) == engine::not_shown;
    });
}

std::string memory_store::inconsistency() const {
    std::map<std::string, std::unordered_set<std::string>> known;
    for (const auto& [id, pieces] : now_has_.digests) {
        const auto slice = now_has_.slices.find(id);
        if (slice == now_has_.slices.end()) {
            return "a digest of slice " + std::to_string(id) + ", which there is not";
        }
        const auto whole = digest_of(id);
        if (!whole) {
            return "slice " + std::to_string(id) + ": a digest of no known form";
        }
        const auto& rows = table(slice->second.resource);
        std::string wrong;
        whole->for_each([&](std::string_view key, std::uint64_t) {
            known[slice->second.resource].emplace(key);
            if (!rows.contains(std::string(key))) {
                wrong = "slice " + std::to_string(id) + " of " + slice->second.resource + " has " +
                        std::string(key) + " in its digest, and there is no such row";
            }
        });
        if (!wrong.empty()) {
            return wrong;
        }
    }
    for (const auto& [name, suspect] : now_has_.suspects) {
        known[suspect.resource].insert(suspect.key);
        if (!now_has_.slices.contains(suspect.slice)) {
            return suspect.resource + " suspect " + suspect.key + " is of slice " +
                   std::to_string(suspect.slice) + ", which there is not";
        }
    }
    for (const auto& [resource, rows] : now_has_.tables) {
        for (const auto& [key, row] : rows) {
            if (!row.deleted_at && !known[resource].contains(key)) {
                return resource + " " + key + " is in the mirror, but in no digest and no suspect";
            }
        }
    }
    std::map<std::pair<std::string, std::string>, std::map<utc_time, const write::slice_row*>> rows;
    for (const auto& [id, slice] : now_has_.slices) {
        if (!rows[{slice.resource, slice.scope}].emplace(slice.begins, &slice).second) {
            return slice.resource + ": two slices begin at " + format_utc(slice.begins);
        }
    }
    for (const auto& [name, axis] : rows) {
        std::optional<utc_time> end;
        for (const auto& [begins, slice] : axis) {
            if ((end && *end != begins) || slice->ends <= begins) {
                return name.first + ": the slices leave a gap or overlap at " + format_utc(begins);
            }
            end = slice->ends;
        }
        if (end != end_of_time) {
            return name.first + ": there is no head";
        }
    }
    return "";
}

} // namespace callmirror::simulation

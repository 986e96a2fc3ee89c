#include "sync/engine/key_reading.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;
using write::suspect_state;

constexpr std::size_t brake_from = 50; // records
constexpr std::size_t brake_share = 5; // a fifth
constexpr auto brake_wait = 6h;        // until a second look counts

// 404 is proof, but one for over a fifth of the records within a day is what a changed role looks
// like: those wait for a second look, or for a word.
bool is_braked(const key_reading& read, const write::suspect_row& each) {
    std::size_t gone = 1;
    read.held.for_each([&](std::string_view, std::uint64_t hash) { gone += hash == not_shown; });
    const bool agreed =
        each.state == suspect_state::held && each.missing_since + brake_wait <= read.context.now();
    return read.held.size() >= brake_from && gone * brake_share > read.held.size() && !agreed;
}

} // namespace

void take_record(key_reading& read, const decode::decoded_record& record,
                 write::commit_unit& unit) {
    unit.rows.rows.push_back({std::string(record.key), record.hash, 0,
                              static_cast<std::uint32_t>(record.line.size()), record.shape});
    unit.rows.lines.append(record.line);
    read.changed = read.changed || read.held.find(record.key) != record.hash;
    read.held.put(record.key, record.hash);
}

// One that goes stays in the digest, as not shown, until it is asked for again.
void take_absence(key_reading& read, write::suspect_row& each, write::commit_unit& unit) {
    const auto hash = read.held.find(each.key);
    if (hash && *hash != not_shown && is_braked(read, each)) {
        const auto now = read.context.now();
        each.missing_since =
            each.state == suspect_state::held ? std::min(each.missing_since, now) : now;
        each.state = suspect_state::held;
        unit.suspects.push_back(each);
        ++read.braked;
        return;
    }
    each.state = suspect_state::watched;
    unit.deleted.push_back(each.key);
    if (hash && *hash != not_shown) {
        read.held.put(each.key, not_shown);
        read.changed = true;
    } else if (hash) {
        plan::digest rest;
        read.held.for_each([&](std::string_view other, std::uint64_t its) {
            if (other != each.key) {
                rest.put(other, its);
            }
        });
        read.held = std::move(rest);
    }
    if (read.wanted.contains(each.key) || hash) { // it may come
        unit.asked_suspects.push_back(each);
    } else {
        unit.cleared_suspects.emplace_back(each.resource, each.key);
    }
}

} // namespace callmirror::engine

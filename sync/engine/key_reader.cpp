#include "sync/engine/key_reader.hpp"

#include "sync/engine/commits.hpp"
#include "sync/engine/deletions.hpp"
#include "sync/engine/key_reading.hpp"
#include "sync/engine/list_health.hpp"
#include "sync/engine/requests.hpp"

#include <algorithm>
#include <tuple>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;
using write::suspect_state;

constexpr int at_a_time = 20;         // records, before other lists get a turn
constexpr auto looked_at_after = 60s; // at the soonest

// By the key: the same after a restart.
std::chrono::milliseconds spread_of(const std::string& key) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : key) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    }
    constexpr auto width = std::chrono::milliseconds(spread_over).count();
    return std::chrono::milliseconds(
        static_cast<std::int64_t>((hash ^ hash >> 32U) % static_cast<std::uint64_t>(width)));
}

awaitable<void> load(key_reading& read) {
    std::vector<std::string> keys;
    auto job = [&](write::store& store) {
        keys = store.keys_of(read.context.lease, std::string(read.context.platform.name),
                             read.of.resource->keys_from);
        read.watched = store.suspects_of(read.context.lease, read.slice.id);
    };
    co_await read.context.store.run(job);
    read.wanted.insert(keys.begin(), keys.end());
    read.held = co_await load_digest(read.context, read.slice.id);
    // One that can't be had does not keep the others waiting.
    std::ranges::sort(read.watched, {}, [](const auto& each) {
        return std::tuple(each.attempts, each.ask_at, each.key);
    });
}

// Keys that are new to the other table.
awaitable<void> watch_new_keys(key_reading& read) {
    auto unit = new_unit(read.context, read.of);
    auto fresh = read.wanted;
    for (const auto& each : read.watched) {
        fresh.erase(each.key);
    }
    const auto now = read.context.now();
    for (const auto& key : fresh) {
        unit.suspects.push_back({.resource = std::string(read.of.resource->name),
                                 .scope = read.of.scope,
                                 .key = key,
                                 .slice = read.slice.id,
                                 .state = suspect_state::watched,
                                 .missing_since = now,
                                 .ask_at = now,
                                 .attempts = 0});
    }
    if (unit.suspects.empty()) {
        co_return;
    }
    read.watched.insert(read.watched.end(), unit.suspects.begin(), unit.suspects.end());
    co_await take_turn(read.context, read.of);
    co_await commit(read.context, read.of, unit);
    end_turn(read.context, read.of);
}

// Asks for one. False where the turn is over: the engine is stopping, or the key may not read them.
awaitable<bool> ask_one(key_reading& read, write::suspect_row& each, write::commit_unit& unit) {
    const auto& resource = *read.of.resource;
    const auto target = fetch::fill_path(
        resource.record_path, {{"companyId", read.of.scope},
                               {std::string(resource.record_parameters[0].name), each.key}});
    const auto name = read.of.name() + " record"; // its key may be somebody's e-mail address
    const auto begun = read.context.time.now();
    auto got = co_await ask_record(read.context, read.of, plan::work::due, target, name, each.key);
    const auto now = read.context.now();
    const auto* why = std::get_if<problem>(&got);
    if (why && (why->what == fetch::verdict::stopped || why->what == fetch::verdict::forbidden)) {
        read.failed = *why;
        co_return false;
    }
    if (why && why->what != fetch::verdict::not_found) {
        read.failed = read.failed ? read.failed : *why;
        ++each.attempts;
        unit.asked_suspects.push_back(each);
        co_return !is_outage(read.context, *why, begun);
    }
    each.attempts = 0;
    each.ask_at = now + each_after + spread_of(each.key);
    if (!why) {
        each.state = suspect_state::watched;
        ++view_of(read.context, read.of).records;
        take_record(read, std::get<listed_page>(got).content.records.front(), unit);
        unit.asked_suspects.push_back(each);
        co_return true;
    }
    take_absence(read, each, unit);
    co_return true;
}

// Puts digest and progress with the rows that they count.
void add_digest(key_reading& read, write::commit_unit& unit) {
    unit.cleared_digests.push_back(read.slice.id);
    unit.digest_pieces.push_back({read.slice.id, read.context.next_piece++, read.held.serialize()});
}

awaitable<void> ask_some(key_reading& read) {
    int asked = 0;
    for (auto& each : read.watched) {
        if (asked == at_a_time || read.context.tasks.stopping()) {
            break;
        }
        if (!read.is_due(each)) {
            continue;
        }
        ++asked;
        auto unit = new_unit(read.context, read.of);
        const bool go_on = co_await ask_one(read, each, unit);
        if (!unit.rows.rows.empty() || !unit.deleted.empty()) {
            add_digest(read, unit);
        }
        if (!unit.asked_suspects.empty() || !unit.cleared_suspects.empty() ||
            !unit.suspects.empty()) {
            co_await take_turn(read.context, read.of);
            co_await commit(read.context, read.of, unit);
            end_turn(read.context, read.of);
        }
        if (!go_on) {
            break;
        }
    }
    if (read.braked > 0 || view_of(read.context, read.of).waiting_deletes > 0) {
        co_await count_held_deletions(read.context, read.of);
    }
    if (read.braked > 0) {
        view_of(read.context, read.of).held_deletes += read.braked;
        read.context.say(level::warning,
                         read.of.name() + ": " + std::to_string(read.braked) +
                             " records more are gone, over a fifth of all within a day: they are "
                             "kept until they are asked for again tomorrow, or `callmirror deletes "
                             "accept`");
    }
}

// All has been asked for that is due: how old the oldest answer is says how fresh it is.
plan::slice_changes conclude(key_reading& read) {
    const auto now = read.context.now();
    auto next = end_of_time;
    auto oldest = now;
    for (const auto& each : read.watched) {
        next = std::min(next, each.ask_at);
        oldest = std::min<utc_time>(oldest, each.ask_at - each_after - spread_of(each.key));
    }
    std::int64_t records = 0;
    read.held.for_each([&](std::string_view, std::uint64_t hash) { records += hash != not_shown; });
    note_success(read.context, read.of, read.slice.id);
    read.of.learned.head_read_at = oldest;
    // A key that comes to the other table is not to wait for a day.
    const auto look = now + read.of.look_for_keys_after;
    const auto again = std::clamp<utc_time>(next, now + looked_at_after,
                                            std::max<utc_time>(look, now + looked_at_after));
    return read.of.timeline.read(read.slice.id, now, records, 1, again,
                                 read.changed ? plan::timeline::content::changed
                                              : plan::timeline::content::same);
}

} // namespace

awaitable<void> read_by_key(session_context& context, list& of, plan::slice slice) {
    const auto begun = context.time.now();
    key_reading read{.context = context, .of = of, .slice = slice};
    co_await load(read);
    co_await watch_new_keys(read);
    co_await ask_some(read);
    const bool stopped =
        context.tasks.stopping() || (read.failed && read.failed->what == fetch::verdict::stopped);
    const bool left =
        std::ranges::any_of(read.watched, [&](const auto& each) { return read.is_due(each); });
    if (stopped || (left && !read.failed)) { // others have their turn, then the rest is asked for
        of.timeline.release(slice.id);
        co_return;
    }
    auto unit = new_unit(context, of);
    plan::slice_changes changes;
    if (read.failed) {
        note_failure(context, of, *read.failed, begun);
        if (!is_aside(context, of)) {
            changes = of.timeline.failed(slice.id, context.now(),
                                         is_outage(context, *read.failed, begun)
                                             ? plan::timeline::blame::api
                                             : plan::timeline::blame::slice);
        }
    } else {
        changes = conclude(read);
    }
    add_changes(unit, changes);
    unit.listings.push_back(of.learned);
    co_await take_turn(context, of);
    co_await commit(context, of, unit);
    end_turn(context, of);
    of.timeline.release(changes);
    of.timeline.release(slice.id);
    auto& view = view_of(context, of);
    view.head_read_at = of.learned.head_read_at;
    view.read_at = read.failed ? view.read_at : std::optional(context.now());
    context.work_changed.notify();
}

} // namespace callmirror::engine

#include "sync/engine/deletions.hpp"

#include "sync/engine/commits.hpp"

#include <algorithm>
#include <unordered_set>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto looked_at_every = 20ms; // whether a read has ended

// Until the read of this slice that is under way now has ended; nullptr where the slice is gone
// then, or the engine is stopping.
awaitable<const plan::slice*> wait_for_read(session_context& context, const list& of,
                                            plan::slice_id id) {
    const auto heads_read = of.heads_read;
    while (true) {
        const auto* slice = of.timeline.find(id);
        const bool ended = slice && slice->is_open() && of.heads_read != heads_read;
        if (!slice || ended || !is_under_way(of, *slice)) {
            co_return slice;
        }
        if (!co_await context.tasks.sleep_until(context.time.now() + looked_at_every)) {
            co_return nullptr;
        }
    }
}

// One that no other slice of the list has shown by now, nor another company's list.
awaitable<std::unordered_set<std::string>>
known_nowhere_else(session_context& context, list& of, plan::slice_id slice,
                   const std::vector<std::string>& keys) {
    std::unordered_set<std::string> gone(keys.begin(), keys.end());
    std::vector<std::pair<const list*, plan::slice_id>> others;
    for (const auto& each : of.timeline.slices()) {
        if (each.id != slice) {
            others.emplace_back(&of, each.id);
        }
    }
    for (const auto* const sibling : of.siblings) {
        others.emplace_back(sibling, sibling->timeline.slices().front().id);
    }
    for (const auto& [in, id] : others) {
        // What its read shows after this point is in `questioned`.
        co_await wait_for_read(context, *in, id);
        const auto theirs = co_await load_digest(context, id);
        std::erase_if(gone, [&](const std::string& key) {
            return theirs.find(key).value_or(not_shown) != not_shown;
        });
    }
    co_return gone;
}

// How many rows are marked deleted by it: a read may have judged some of them meanwhile.
awaitable<std::uint64_t> forget(session_context& context, list& of, plan::slice_id slice,
                                const std::unordered_set<std::string>& keys,
                                const std::unordered_set<std::string>& gone) {
    const auto digest = co_await load_digest(context, slice);
    plan::digest rest;
    digest.for_each([&](std::string_view key, std::uint64_t hash) {
        if (!keys.contains(std::string(key))) {
            rest.put(key, hash);
        }
    });
    auto unit = new_unit(context, of);
    unit.deleted.assign(gone.begin(), gone.end());
    for (const auto& key : gone) {
        note_deleted(of, key);
    }
    for (const auto& key : keys) {
        unit.cleared_suspects.emplace_back(of.resource->name, key);
    }
    unit.cleared_digests.push_back(slice);
    unit.digest_pieces.push_back({slice, context.next_piece++, rest.serialize()});
    co_await take_turn(context, of);
    const auto outcome = co_await commit(context, of, unit);
    end_turn(context, of);
    if (of.head_id == slice) {
        of.head.reset();
    }
    co_return outcome.deleted;
}

} // namespace

awaitable<bool> carry_out_deletions(session_context& context, list& of, plan::slice_id slice,
                                    std::vector<std::string> keys) {
    const auto waits = [&of] { // for a slice each, some of each other's
        return of.carrying_out || std::ranges::any_of(of.siblings, &list::carrying_out);
    };
    while (waits()) {
        if (!co_await context.tasks.sleep_until(context.time.now() + looked_at_every)) {
            co_return false;
        }
    }
    of.carrying_out = true;
    const plan::slice* found = nullptr;
    do { // a head may be under way again
        found = co_await wait_for_read(context, of, slice);
    } while (found && is_under_way(of, *found));
    if (!found) {
        of.carrying_out = false;
        co_return !context.tasks.stopping();
    }
    // Keeps it from being read. What throws or stops on the way ends the session, and that with it.
    const bool is_head = found->is_open();
    of.timeline.hold(slice);
    of.head_under_way = of.head_under_way || is_head;
    std::vector<question> asked;
    asked.emplace_back(of, keys);
    for (auto* const sibling : of.siblings) {
        asked.emplace_back(*sibling, keys);
    }
    auto gone = co_await known_nowhere_else(context, of, slice, keys);
    if (context.tasks.stopping()) {
        co_return false;
    }
    // What a list has shown meanwhile is left as it is: judged again by the next read.
    std::unordered_set<std::string> judged(keys.begin(), keys.end());
    for (const auto& each : asked) {
        for (const auto& key : each.shown()) {
            judged.erase(key);
            gone.erase(key);
        }
    }
    const auto deleted = co_await forget(context, of, slice, judged, gone);
    std::ranges::for_each(asked, &question::end);
    of.carrying_out = false;
    of.timeline.release(slice);
    of.head_under_way = of.head_under_way && !is_head;
    if (deleted > 0) {
        context.say(level::info,
                    of.name() + ": " + std::to_string(deleted) + " deletions carried out");
    }
    co_await count_held_deletions(context, of);
    co_return true;
}

awaitable<void> count_held_deletions(session_context& context, list& of) {
    std::size_t count = 0;
    auto job = [&](write::store& store) {
        count = store.suspects_held(context.lease, std::string(of.resource->name), of.scope).size();
    };
    co_await context.store.run(job);
    view_of(context, of).waiting_deletes = count;
}

} // namespace callmirror::engine

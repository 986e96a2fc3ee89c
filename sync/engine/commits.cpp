#include "sync/engine/commits.hpp"

#include "sync/engine/field_book.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace callmirror::engine {
write::commit_unit new_unit(const session_context& context, const list& of) {
    write::commit_unit unit;
    unit.holder = context.lease;
    unit.platform = context.platform.name;
    unit.table = of.resource;
    return unit;
}

void add_changes(write::commit_unit& unit, const plan::slice_changes& changes) {
    for (const auto& each : changes.put) {
        std::erase_if(unit.slices, [&](const auto& other) { return other.id == each.id; });
        unit.slices.push_back(each);
    }
    for (const auto id : changes.gone) {
        std::erase_if(unit.slices, [&](const auto& other) { return other.id == id; });
        unit.gone_slices.push_back(id);
    }
    unit.moved_digests.insert(unit.moved_digests.end(), changes.moved_digests.begin(),
                              changes.moved_digests.end());
}

awaitable<void> take_turn(session_context& context, list& of) {
    while (of.committing && !context.tasks.stopping()) { // then nothing comes after this
        co_await context.committed.wait_until(steady_time::max());
    }
    of.committing = true;
}

void end_turn(session_context& context, list& of) {
    of.committing = false;
    context.committed.notify();
}

namespace {

// Counts what the API sends, from the records that are on their way.
field_book::page note_fields(const session_context& context, list& of, write::commit_unit& unit) {
    for (const auto& row : unit.rows.rows) {
        of.fields->saw(row.shape);
    }
    auto page = of.fields->take(context.now(), false);
    unit.fields = std::move(page.rows);
    return page;
}

// Each change is told once, as it is in the database by now.
void tell_fields(session_context& context, list& of, const field_book::page& page) {
    constexpr std::size_t most_named = 3;
    for (std::size_t i = 0; i < kinds_of_field_change; ++i) {
        const auto what = static_cast<field_change>(i);
        std::size_t count = 0;
        std::string names;
        for (const auto& each : page.news) {
            if (each.what == what && ++count <= most_named) {
                names += (names.empty() ? "" : ", ") + each.path + " (" + each.type + ")";
            }
        }
        view_of(context, of).field_changes[i] += page.is_learning ? 0 : count;
        if (count > most_named) {
            names += " and " + std::to_string(count - most_named) + " more";
        }
        if (count > 0) {
            context.say(page.is_learning ? level::debug : level::info,
                        of.name() + ": fields " + std::string(name_of(what)) + ": " + names +
                            "; see callmirror fields");
        }
    }
}

} // namespace

awaitable<write::commit_outcome> commit(session_context& context, list& of,
                                        write::commit_unit& unit) {
    const auto fields = note_fields(context, of, unit);
    std::erase(unit.listings, of.saved);
    write::commit_outcome outcome;
    auto job = [&](write::store& store) { outcome = store.commit(unit); };
    const auto begun = context.time.now();
    co_await context.store.run(job);
    of.saved = unit.listings.empty() ? of.saved : unit.listings.back();
    auto& view = view_of(context, of);
    view.commit_time.note(context.time.now() - begun);
    view.inserted += outcome.inserted;
    view.changed += outcome.changed;
    view.unchanged += outcome.unchanged;
    view.deleted += outcome.deleted;
    if (view.rejected == 0 && outcome.rejected > 0) {
        context.say(level::warning, of.name() + ": " + std::to_string(outcome.rejected) +
                                        " records could not be mirrored; they are in "
                                        "callmirror.rejected with the reason");
    }
    view.rejected += outcome.rejected;
    context.view.rejected[std::string(of.resource->name)] += outcome.rejected;
    tell_fields(context, of, fields);
    if (!unit.suspects.empty()) {
        context.suspects_added = true;
        of.unsuspected = 0;
        context.work_changed.notify();
    }
    co_return outcome;
}

awaitable<void> count_rejected(session_context& context) {
    std::map<std::string, std::uint64_t> counts; // the view itself is the io thread's
    auto job = [&](write::store& store) { counts = store.count_rejected(context.lease); };
    co_await context.store.run(job);
    context.view.rejected = std::move(counts);
}

awaitable<plan::digest> load_digest(session_context& context, plan::slice_id slice,
                                    std::size_t* pieces) {
    std::vector<write::digest_piece> kept;
    auto job = [&](write::store& store) { kept = store.load_digest(context.lease, slice); };
    co_await context.store.run(job);
    plan::digest whole;
    for (const auto& piece : kept) {
        if (!whole.append(piece.content)) {
            throw std::runtime_error("the digest of slice " + std::to_string(slice) +
                                     " in callmirror.digests is not of this program's form");
        }
    }
    if (pieces) {
        *pieces = kept.size();
    }
    co_return whole;
}

} // namespace callmirror::engine

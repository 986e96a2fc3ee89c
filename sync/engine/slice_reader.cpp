#include "sync/engine/slice_reader.hpp"

#include "sync/engine/commits.hpp"
#include "sync/engine/deletions.hpp"
#include "sync/engine/list_health.hpp"
#include "sync/engine/missing.hpp"
#include "sync/engine/slice_reading.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr int most_passes = 4;          // of a slice that drifts while it is read
constexpr std::size_t most_pieces = 16; // of a digest, before it is written anew as one

awaitable<void> give_back(reading& read, const problem& why) {
    if (why.what == fetch::verdict::stopped) {
        read.of.timeline.release(read.slice.id);
        co_return;
    }
    note_failure(read.context, read.of, why, read.begun);
    auto unit = new_unit(read.context, read.of);
    co_await take_turn_with_rows(read, unit);
    plan::slice_changes changes;
    if (!read.slice.is_open() && !is_aside(read.context, read.of)) {
        const auto to_blame = is_outage(read.context, why, read.begun)
                                  ? plan::timeline::blame::api
                                  : plan::timeline::blame::slice;
        changes = read.of.timeline.failed(read.slice.id, read.context.now(), to_blame);
        add_changes(unit, changes);
    }
    unit.listings.push_back(read.of.learned);
    co_await commit(read.context, read.of, unit);
    end_turn(read.context, read.of);
    read.of.timeline.release(changes);
    read.of.timeline.release(read.slice.id);
}

void note_cut(reading& read) {
    auto& of = read.of;
    if (of.cut_limit > 0) {
        read.context.say(level::info, of.name() + ": pages are cut to " +
                                          std::to_string(of.cut_limit) + " records");
        use_limit(of.learned, std::exchange(of.cut_limit, 0));
    }
}

// What a whole read says of the keys that it has not shown.
struct verdict_on_missing {
    missing_decision decision;
    plan::timeline::content found;
    bool all_shown;
};

awaitable<verdict_on_missing> judge(reading& read, write::commit_unit& unit) {
    using content = plan::timeline::content;
    auto missing = read.sink.missing();
    const bool newly_missing =
        std::ranges::any_of(missing, [](const auto& each) { return each.hash != not_shown; });
    verdict_on_missing verdict{.decision = {},
                               .found = newly_missing || read.sink.found_change() ? content::changed
                                                                                  : content::same,
                               .all_shown = false};
    for (const auto& each : read.suspects) {
        if (each.state == write::suspect_state::ask) {
            if (read.sink.seen().find(each.key)) {
                unit.cleared_suspects.emplace_back(each.resource, each.key);
            }
        } else if (!read.sink.knows(each.key)) {
            // Waiting suspects are missing, whatever became of their place in the digest.
            missing.push_back({each.key, 0});
        }
    }
    verdict.all_shown = missing.empty();
    verdict.decision = co_await judge_missing(read.context, read.of, read.slice, read.before,
                                              std::move(missing), read.suspects, unit);
    co_return verdict;
}

void tell_held(const reading& read, std::size_t held) {
    if (held > 0) {
        view_of(read.context, read.of).held_deletes += held;
        read.context.say(level::warning,
                         read.of.name() + ": " + std::to_string(held) + " records" +
                             (read.slice.is_whole() ? "" : " of " + where(read.slice)) +
                             " are gone from the list, over a fifth of it: they are kept "
                             "until a read in six hours agrees, or `callmirror deletes "
                             "accept`");
    }
}

// What the slice holds from now on. Written anew where the kept pieces don't say just that.
plan::digest put_digest(reading& read, const missing_decision& decision, bool exact,
                        write::commit_unit& unit) {
    plan::digest held = read.sink.seen();
    if (!exact || read.pieces + unit.digest_pieces.size() > most_pieces) {
        decision.kept.for_each(
            [&](std::string_view key, std::uint64_t hash) { held.put(key, hash); });
        unit.cleared_digests.push_back(read.slice.id);
        unit.digest_pieces = {{read.slice.id, read.context.next_piece++, held.serialize()}};
    }
    return held;
}

// For the reads to come, as long as there are any.
void keep_spare(reading& read, std::string lines) {
    constexpr std::size_t worth_keeping = std::size_t{1} << 20U;
    constexpr std::size_t most = 4;
    auto& spare = read.context.spare_lines;
    if (lines.capacity() >= worth_keeping && spare.size() < most) {
        spare.push_back(std::move(lines));
    }
}

std::string take_spare(session_context& context) {
    auto& spare = context.spare_lines;
    std::string lines;
    if (!spare.empty()) {
        lines = std::move(spare.back());
        spare.pop_back();
    }
    return lines;
}

// The timeline after the read of a history slice.
plan::slice_changes note_history(reading& read, int pages, const verdict_on_missing& verdict,
                                 utc_time now) {
    auto& of = read.of;
    const auto records = static_cast<std::int64_t>(read.sink.seen().size());
    auto changes = of.timeline.read(read.slice.id, now, records, pages, verdict.decision.again_at,
                                    verdict.found);
    if (!of.unsure.empty()) { // each of them is to be read again as it is
        return changes;
    }
    auto merged = of.timeline.merge_around(read.slice.id, now);
    changes.put.insert(changes.put.end(), merged.put.begin(), merged.put.end());
    changes.gone = std::move(merged.gone);
    changes.moved_digests = std::move(merged.moved_digests);
    if (read.slice.is_whole()) {
        of.learned.head_read_at = now;
    }
    return changes;
}

plan::slice_changes note_head(reading& read, int pages, plan::digest held, utc_time now) {
    auto& of = read.of;
    const auto records = static_cast<std::int64_t>(read.sink.seen().size());
    auto changes = of.timeline.head_read(now, read.context.source_now(), records, pages);
    of.learned.head_read_at = now;
    if (changes.put.size() > 1) { // it begins later now
        of.head = plan::digest{};
        of.head_id = of.timeline.head().id;
    } else {
        of.head = std::move(held);
    }
    return changes;
}

// The read is whole: judges what is missing, and puts digest, rows and progress in one transaction.
awaitable<void> finish(reading& read, int pages) {
    auto& context = read.context;
    auto& of = read.of;
    note_success(context, of, read.slice.id);
    note_cut(read);
    auto unit = new_unit(context, of);
    const auto verdict = co_await judge(read, unit);
    tell_held(read, verdict.decision.held);
    // A head is read again soon in any case, and what is cut from it keeps its id.
    if (verdict.decision.is_sure || read.slice.is_open()) {
        of.unsure.erase(read.slice.id);
    } else {
        ++of.unsure[read.slice.id];
    }
    co_await take_turn_with_rows(read, unit);
    unit.relies_on_slice = read.slice.id;
    unit.relies_on_pieces = std::move(read.not_durable);
    const bool exact = verdict.all_shown && read.sink.digest_is_exact();
    auto held = put_digest(read, verdict.decision, exact, unit);
    const bool is_head = read.slice.is_open();
    const auto now = context.now();
    const auto changes = is_head ? note_head(read, pages, std::move(held), now)
                                 : note_history(read, pages, verdict, now);
    of.learned.granularity = of.timeline.granularity();
    add_changes(unit, changes);
    unit.listings.push_back(of.learned);
    co_await commit(context, of, unit);
    keep_spare(read, std::move(unit.rows.lines));
    end_turn(context, of);
    of.timeline.release(changes);
    of.timeline.release(read.slice.id);
    if (verdict.decision.held > 0 || view_of(context, of).waiting_deletes > 0) {
        co_await count_held_deletions(context, of);
    }
    auto& view = view_of(context, of);
    view.head_read_at = of.learned.head_read_at;
    view.read_at = now;
    if (!changes.put.empty()) {
        context.work_changed.notify();
    }
}

awaitable<void> split(reading& read, int pages) {
    auto unit = new_unit(read.context, read.of);
    co_await take_turn_with_rows(read, unit);
    const auto changes = read.of.timeline.split(read.slice.id, read.context.now(), pages);
    add_changes(unit, changes);
    co_await commit(read.context, read.of, unit);
    end_turn(read.context, read.of);
    read.of.timeline.release(changes);
    read.of.timeline.release(read.slice.id);
    read.context.work_changed.notify();
}

// Digests save writing, but only rows are the mirror: a row that was written out of turn by a read
// of another slice, or marked deleted and back since, is found here. Heads are left out: each of
// their slices is read like this when it is closed. False where a row has to be written once more.
awaitable<bool> rows_are_as_known(reading& read) {
    if (read.slice.is_open()) {
        co_return true;
    }
    const auto expected = read.sink.left_alone();
    std::vector<std::string> unlike;
    auto job = [&](write::store& store) {
        unlike = store.unlike(read.context.lease, std::string(read.context.platform.name),
                              *read.of.resource, expected);
    };
    if (!expected.empty()) {
        co_await read.context.store.run(job);
    }
    read.sink.distrust(unlike);
    co_return unlike.empty();
}

// Reads until a pass shows no drift, or two in a row show the same records.
awaitable<bool> read_whole(reading& read) {
    if (const auto unknown = co_await learn_manners(read.context, read.of, read.kind)) {
        co_await give_back(read, *unknown);
        co_return false;
    }
    std::optional<plan::digest> previous;
    std::string drift;
    bool compared = false;
    for (int pass = 1; pass <= most_passes; ++pass) {
        const auto result = co_await run_pass(read);
        if (result.failed) {
            co_await give_back(read, *result.failed);
            co_return false;
        }
        if (result.too_many_pages) {
            co_await split(read, result.pages);
            co_return true;
        }
        const bool agrees = previous && *previous == read.sink.seen();
        if (result.drift.empty() || agrees) {
            if (!compared && read.compares) {
                compared = true;
                if (!co_await rows_are_as_known(read)) {
                    --pass;
                    previous.reset();
                    read.sink.begin_pass();
                    continue;
                }
            }
            // The pages are steady, whatever the totals say: from now on they are no hint here.
            read.of.trust_totals = read.of.trust_totals && result.drift.empty();
            if (read.slice.is_open()) { // which may be cut then
                co_await learn_filters(read, result.pages);
            }
            co_await finish(read, result.pages);
            co_return true;
        }
        drift = result.drift;
        previous = read.sink.seen();
        read.sink.begin_pass();
    }
    const problem moving{fetch::verdict::bad_page,
                         read.of.name() + " " + where(read.slice) + ": records moved in each of " +
                             std::to_string(most_passes) + " reads, last: " + drift};
    co_await give_back(read, moving);
    co_return false;
}

awaitable<std::vector<write::suspect_row>> load_suspects(session_context& context,
                                                         plan::slice_id slice) {
    std::vector<write::suspect_row> suspects;
    auto job = [&](write::store& store) { suspects = store.suspects_of(context.lease, slice); };
    co_await context.store.run(job);
    co_return suspects;
}

} // namespace

awaitable<void> read_history(session_context& context, list& of, plan::slice slice,
                             plan::work kind) {
    std::size_t pieces = 0;
    auto digest = co_await load_digest(context, slice.id, &pieces);
    auto suspects = co_await load_suspects(context, slice.id);
    const auto before = digest.size();
    view_of(context, of).reading = slice.begins;
    reading read{.context = context,
                 .of = of,
                 .slice = slice,
                 .kind = kind,
                 .sink =
                     slice_sink(std::string(of.resource->name), where(slice), std::move(digest)),
                 .before = before,
                 .pieces = pieces,
                 .suspects = std::move(suspects)};
    read.sink.reuse_lines(take_spare(context));
    const auto begun_at = context.time.now();
    of.latest.read_begins(begun_at);
    co_await read_whole(read);
    of.latest.read_ends(begun_at);
}

awaitable<bool> read_head(session_context& context, list& of) {
    const auto slice = of.timeline.head();
    const bool is_first = !of.head; // of this session
    if (!of.head || of.head_id != slice.id) {
        of.head = co_await load_digest(context, slice.id);
        of.head_id = slice.id;
    }
    // Only this session adds suspects: a head that had none is asked about once.
    std::vector<write::suspect_row> suspects;
    if (of.unsuspected != slice.id) {
        suspects = co_await load_suspects(context, slice.id);
        of.unsuspected = suspects.empty() ? slice.id : 0;
    }
    auto digest = *of.head;
    const auto before = digest.size();
    reading read{.context = context,
                 .of = of,
                 .slice = slice,
                 .kind = plan::work::head,
                 .sink =
                     slice_sink(std::string(of.resource->name), where(slice), std::move(digest)),
                 .compares = is_first,
                 .before = before,
                 .pieces = 0,
                 .suspects = std::move(suspects)};
    const auto begun_at = context.time.now();
    of.head_under_way = true;
    of.latest.read_begins(begun_at);
    const bool read_well = co_await read_whole(read);
    of.latest.read_ends(begun_at);
    of.head_under_way = false;
    ++of.heads_read;
    if (!read_well) {
        of.head.reset(); // what was committed on the way is in the database
    }
    co_return read_well;
}

} // namespace callmirror::engine

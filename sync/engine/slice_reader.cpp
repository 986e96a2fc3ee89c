#include "sync/engine/slice_reader.hpp"

#include "sync/base/text.hpp"
#include "sync/engine/commits.hpp"
#include "sync/engine/deletions.hpp"
#include "sync/engine/list_health.hpp"
#include "sync/engine/missing.hpp"
#include "sync/engine/requests.hpp"
#include "sync/fetch/paginator.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr int most_passes = 4;          // of a slice that drifts while it is read
constexpr std::size_t most_pieces = 16; // of a digest, before it is written anew as one
constexpr auto head_saved_every = 15s;  // when nothing but the time of its read has changed
constexpr std::size_t pages_that_show_a_cut = 4;
constexpr std::size_t compared_at_once = 5'000; // keys

std::string where(const plan::slice& slice) {
    if (slice.is_whole()) {
        return "";
    }
    const auto begins = slice.begins == start_of_time ? "" : format_utc(slice.begins);
    const auto ends = slice.ends == end_of_time ? "" : format_utc(slice.ends);
    return begins + "/" + ends;
}

// One read of one slice, from the first request to the commit.
struct reading {
    session_context& context;
    list& of;
    plan::slice slice;
    plan::work kind;
    slice_sink sink;
    bool compares = true;   // what the digest knows with the rows
    std::size_t before = 0; // keys in the digest
    std::size_t pieces = 0; // that the digest is kept in
    std::vector<write::suspect_row> suspects;
    std::int32_t largest_page = 0;  // of this list
    std::set<int> pages_as_large{}; // their numbers
    steady_time begun = context.time.now();
};

fetch::paginator_options options_for(const reading& read) {
    const auto& learned = read.of.learned;
    return {.strict = !read.slice.is_open(),
            .takes_page = read.of.resource->takes_page,
            .limit = learned.limit.value_or(0),
            .full_page_seen = learned.full_page_seen,
            .largest_page = learned.largest_page,
            .expected_pages = read.of.timeline.expected_pages(read.slice),
            .trust_totals = read.of.trust_totals,
            .empty_page_seen = read.of.empty_page_seen};
}

// Waits for the list's turn to write, and moves the rows that are to be written into the unit.
awaitable<void> take_turn_with_rows(reading& read, write::commit_unit& unit) {
    co_await take_turn(read.context, read.of);
    read.sink.drop_older(read.of.latest);
    if (read.slice.is_open()) {
        read.sink.note_written(read.of.latest);
    }
    read.sink.flush(unit, read.slice.id, read.context.next_piece++);
}

awaitable<void> flush_batch(reading& read) {
    auto unit = new_unit(read.context, read.of);
    co_await take_turn_with_rows(read, unit);
    ++read.pieces;
    co_await commit(read.context, read.of, unit);
    end_turn(read.context, read.of);
}

void note_listing(reading& read, const decode::decoded_page& page) {
    auto& learned = read.of.learned;
    learned.serves_total = learned.serves_total || page.hints.total.has_value();
    if (page.hints.unusual_name && read.of.records_at != page.hints.records_at) {
        read.context.say(level::warning, read.of.name() + ": the records are at " +
                                             printable(page.hints.records_at) +
                                             ", which is none of the usual places");
    }
    read.of.records_at = page.hints.records_at;
}

// A server that cuts our limit down shows many pages of one size below it. Asking for that size
// from the next read on makes a page of it a full one.
void note_cut_limit(reading& read, int page, std::size_t served) {
    auto& learned = read.of.learned;
    if (read.largest_page != learned.largest_page) {
        read.largest_page = learned.largest_page;
        read.pages_as_large.clear();
    }
    if (static_cast<std::int32_t>(served) == learned.largest_page) {
        read.pages_as_large.insert(page);
    }
    if (read.pages_as_large.size() >= pages_that_show_a_cut) {
        read.of.timeline.set_page_size(learned.largest_page);
        read.of.cut_limit =
            learned.largest_page < learned.limit.value_or(0) ? learned.largest_page : 0;
    }
}

// A record that a list shows while it is asked for alone: the answer is not the last word on it.
void note_shown(list& of, const decode::decoded_page& page) {
    if (of.questioned.empty()) {
        return;
    }
    for (const auto& record : page.records) {
        const auto [first, last] = of.questioned.equal_range(record.key);
        for (auto asked = first; asked != last; ++asked) {
            asked->second = true;
        }
    }
}

fetch::page_facts take(reading& read, const listed_page& page) {
    view_of(read.context, read.of).records += page.content.served;
    return read.sink.take(page.content, page.asked_at, read.of.latest);
}

// How some servers answer a page over the end.
bool is_refusal(fetch::verdict what) {
    return what == fetch::verdict::bad_request || what == fetch::verdict::not_found;
}

// What one pass over the listing came to.
struct pass_result {
    fetch::listing_done done{};
    std::optional<problem> failed;
    bool too_many_pages = false; // and the slice could be narrower
};

// Asks for pages as the paginator says, and hands them to the sink.
awaitable<pass_result> run_pass(reading& read, fetch::paginator& pages) {
    pass_result result;
    listed_page last_probe;
    const plan::time_range range{read.slice.begins, read.slice.ends};
    const auto form = form_of(read.of);
    bool judged = false;
    while (true) {
        const auto step = pages.next();
        if (const auto* done = std::get_if<fetch::listing_done>(&step)) {
            result.done = *done;
            co_return result;
        }
        if (const auto* broken = std::get_if<fetch::listing_broken>(&step)) {
            result.failed =
                problem{fetch::verdict::bad_page, read.of.name() + ": " + broken->reason};
            read.of.manners_known = false; // that may be why
            co_return result;
        }
        if (const auto found = pages.pages_found(); found && !judged) {
            judged = true;
            if (read.of.timeline.would_split(read.slice, *found)) {
                result.too_many_pages = true;
                result.done.pages = *found;
                co_return result;
            }
        }
        if (std::holds_alternative<fetch::keep_probe>(step)) {
            take(read, last_probe);
        } else {
            const auto& wanted = std::get<fetch::fetch_page>(step);
            auto got =
                co_await ask_page(read.context, read.of, read.kind, form, wanted.index, range);
            if (auto* failed = std::get_if<problem>(&got)) {
                if (is_refusal(failed->what) && pages.refused(wanted.index)) {
                    continue;
                }
                result.failed = std::move(*failed);
                co_return result;
            }
            auto& page = std::get<listed_page>(got);
            note_listing(read, page.content);
            read.of.empty_page_seen =
                read.of.empty_page_seen || (wanted.index > 0 && page.content.served == 0);
            note_cut_limit(read, wanted.index, page.content.served);
            note_shown(read.of, page.content);
            if (!wanted.probe) {
                pages.took(wanted.index, take(read, page));
            } else {
                pages.took(wanted.index, read.sink.facts_of(page.content));
                if (page.content.served > 0) {
                    last_probe = std::move(page);
                }
            }
        }
        if (read.sink.batch_is_full()) {
            co_await flush_batch(read);
        }
    }
}

awaitable<void> give_back(reading& read, const problem& why) {
    if (why.what == fetch::verdict::stopped) {
        read.of.timeline.release(read.slice.id);
        co_return;
    }
    note_failure(read.context, read.of, why, read.begun);
    auto unit = new_unit(read.context, read.of);
    co_await take_turn_with_rows(read, unit);
    plan::slice_changes changes;
    if (!read.slice.is_open() && !read.of.learned.aside_until) {
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

// The read is whole: judges what is missing, and puts digest, rows and progress in one transaction.
awaitable<void> finish(reading& read, int pages) {
    auto& context = read.context;
    auto& of = read.of;
    note_success(context, of, read.slice.id);
    if (of.cut_limit > 0) {
        context.say(level::info,
                    of.name() + ": pages are cut to " + std::to_string(of.cut_limit) + " records");
        use_limit(of.learned, std::exchange(of.cut_limit, 0));
    }
    auto unit = new_unit(context, of);
    auto missing = read.sink.missing();
    using content = plan::timeline::content;
    const bool newly_missing =
        std::ranges::any_of(missing, [](const auto& each) { return each.hash != not_shown; });
    const auto found = newly_missing || read.sink.found_change() ? content::changed : content::same;
    // Waiting suspects are missing, whatever became of their place in the digest.
    for (const auto& each : read.suspects) {
        if (each.state != write::suspect_state::ask && !read.sink.knows(each.key)) {
            missing.push_back({each.key, 0});
        }
    }
    for (const auto& each : read.suspects) {
        if (each.state == write::suspect_state::ask && read.sink.seen().find(each.key)) {
            unit.cleared_suspects.emplace_back(each.resource, each.key);
        }
    }
    const bool all_shown = missing.empty();
    const auto decision = co_await judge_missing(context, of, read.slice, read.before,
                                                 std::move(missing), read.suspects, unit);
    if (decision.held > 0) {
        view_of(context, of).held_deletes += decision.held;
        context.say(level::warning,
                    of.name() + ": " + std::to_string(decision.held) + " records" +
                        (read.slice.is_whole() ? "" : " of " + where(read.slice)) +
                        " are gone from the list, over a fifth of it: they are kept "
                        "until a read in six hours agrees, or `callmirror deletes "
                        "accept`");
    }
    const bool rows = !read.sink.batch_is_empty();
    co_await take_turn_with_rows(read, unit);
    const bool exact = all_shown && read.sink.digest_is_exact();
    plan::digest now_held = read.sink.seen();
    if (!exact || read.pieces + unit.digest_pieces.size() > most_pieces) {
        decision.kept.for_each(
            [&](std::string_view key, std::uint64_t hash) { now_held.put(key, hash); });
        unit.cleared_digests.push_back(read.slice.id);
        unit.digest_pieces = {{read.slice.id, context.next_piece++, now_held.serialize()}};
    }
    const auto now = context.now();
    const auto records = static_cast<std::int64_t>(read.sink.seen().size());
    plan::slice_changes changes;
    bool moved = false;
    if (read.slice.is_open()) {
        changes = of.timeline.head_read(now, context.source_now(), records, pages);
        of.learned.head_read_at = now;
        of.learned.granularity = of.timeline.granularity();
        moved = changes.put.size() > 1;
        if (moved) {
            of.head = plan::digest{};
            of.head_id = of.timeline.head().id;
        } else {
            of.head = std::move(now_held);
        }
    } else {
        changes = of.timeline.read(read.slice.id, now, records, pages, decision.again_at, found);
        if (read.slice.is_whole()) {
            of.learned.head_read_at = now;
        }
        add_changes(unit, changes);
        auto merged = of.timeline.merge_around(read.slice.id, now);
        changes.put.insert(changes.put.end(), merged.put.begin(), merged.put.end());
        changes.gone = merged.gone;
        add_changes(unit, merged);
        of.learned.granularity = of.timeline.granularity();
    }
    if (read.slice.is_open()) {
        add_changes(unit, changes);
    }
    unit.listings.push_back(of.learned);
    const bool nothing_new = read.slice.is_open() && !rows && exact && !moved &&
                             unit.rejected.empty() && unit.suspects.empty() &&
                             unit.cleared_suspects.empty();
    if (!nothing_new || now >= of.head_saved_at + head_saved_every || now < of.head_saved_at) {
        co_await commit(context, of, unit);
        of.head_saved_at = read.slice.is_open() ? now : of.head_saved_at;
    }
    end_turn(context, of);
    of.timeline.release(changes);
    of.timeline.release(read.slice.id);
    if (decision.held > 0 || view_of(context, of).waiting_deletes > 0) {
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
    const auto all = read.sink.left_alone();
    std::vector<std::string> unlike;
    for (std::size_t from = 0; from < all.size(); from += compared_at_once) {
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(from);
        const std::vector<write::key_and_hash> some(
            first,
            first + static_cast<std::ptrdiff_t>(std::min(compared_at_once, all.size() - from)));
        std::vector<std::string> found;
        auto job = [&](write::store& store) {
            found = store.unlike(read.context.lease, std::string(read.context.platform.name),
                                 *read.of.resource, some);
        };
        co_await read.context.store.run(job);
        unlike.insert(unlike.end(), found.begin(), found.end());
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
        fetch::paginator pages(options_for(read));
        const auto result = co_await run_pass(read, pages);
        if (result.failed) {
            co_await give_back(read, *result.failed);
            co_return false;
        }
        if (result.too_many_pages) {
            co_await split(read, result.done.pages);
            co_return true;
        }
        const bool agrees = previous && *previous == read.sink.seen();
        if (result.done.drift.empty() || agrees) {
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
            read.of.trust_totals = read.of.trust_totals && result.done.drift.empty();
            co_await finish(read, result.done.pages);
            co_return true;
        }
        drift = result.done.drift;
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

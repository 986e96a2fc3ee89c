#include "sync/engine/slice_reading.hpp"

#include "sync/base/text.hpp"
#include "sync/engine/commits.hpp"
#include "sync/engine/page_window.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t pages_that_show_a_cut = 4;
constexpr int most_days_asked = 4; // for a proof: a weekend shows little
constexpr auto to_spare = 2s;      // one more than what is asked for beyond a range
constexpr auto filters_asked_every = 1h;

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

// The disk is waited for when the slice is read, and for all of its rows at once: a crash of the
// server that undoes some of them before is noticed then. The head's digest outlives its reads.
awaitable<void> flush_batch(reading& read) {
    auto unit = new_unit(read.context, read.of);
    co_await take_turn_with_rows(read, unit);
    ++read.pieces;
    unit.is_durable = read.slice.is_open();
    if (!unit.is_durable) {
        for (const auto& each : unit.digest_pieces) {
            read.not_durable.push_back(each.piece);
        }
    }
    co_await commit(read.context, read.of, unit);
    end_turn(read.context, read.of);
    read.sink.reuse_lines(std::move(unit.rows.lines));
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

fetch::page_facts take(reading& read, const listed_page& page) {
    view_of(read.context, read.of).records += page.content.served;
    return read.sink.take(page.content, page.asked_at, read.of.latest);
}

// How some servers answer a page over the end.
bool is_refusal(fetch::verdict what) {
    return what == fetch::verdict::bad_request || what == fetch::verdict::not_found;
}

// What a page tells of the list, whether its records count or not.
void note_page(reading& read, int index, const decode::decoded_page& page) {
    note_listing(read, page);
    read.of.empty_page_seen = read.of.empty_page_seen || (index > 0 && page.served == 0);
    note_cut_limit(read, index, page.served);
}

} // namespace

std::string where(const plan::slice& slice) {
    if (slice.is_whole()) {
        return "";
    }
    const auto begins = slice.begins == start_of_time ? "" : format_utc(slice.begins);
    const auto ends = slice.ends == end_of_time ? "" : format_utc(slice.ends);
    return begins + "/" + ends;
}

awaitable<void> take_turn_with_rows(reading& read, write::commit_unit& unit) {
    co_await take_turn(read.context, read.of);
    read.sink.drop_older(read.of.latest);
    if (read.slice.is_open()) {
        read.sink.note_written(read.of.latest);
    }
    read.sink.flush(unit, read.slice.id, read.context.next_piece++);
}

awaitable<void> learn_filters(reading& read, int pages) {
    auto& context = read.context;
    auto& of = read.of;
    const auto& slice = read.slice;
    auto& due = slice.is_open() ? of.head_filters_due : of.filters_due;
    if (!of.timeline.wants_proof(slice, pages) ||
        context.time.now() < std::max(due, of.filters_due)) {
        co_return;
    }
    const auto begins = slice.begins;
    const auto ends = std::min(slice.ends, context.source_now());
    auto day = floor_day(ends);
    for (int i = 0; i < most_days_asked && day + 24h > begins; ++i, day -= 24h) {
        const plan::time_range part{std::max<utc_time>(day, begins) + to_spare,
                                    std::min<utc_time>(day + 24h, ends) - to_spare};
        if (part.from >= part.to) {
            continue;
        }
        const auto form = form_of(of);
        auto got = co_await ask_page(context, of, read.kind, form, 0, part);
        if (const auto* failed = std::get_if<problem>(&got)) {
            if (of.filters_failures++ == 0 && failed->what != fetch::verdict::stopped) {
                context.say(level::info,
                            of.name() +
                                ": no answer for a part of a day, so that days are read "
                                "whole: " +
                                failed->text);
            }
            of.filters_due = context.time.now() +
                             std::min<steady_time>(1min * (1 << std::min(of.filters_failures, 6)),
                                                   filters_asked_every);
            co_return;
        }
        if (std::get<listed_page>(got).content.served > 0) {
            of.timeline.times_are_told_apart();
            co_return;
        }
    }
    of.head_filters_due =
        slice.is_open() ? context.time.now() + filters_asked_every : of.head_filters_due;
}

awaitable<pass_result> run_pass(reading& read) {
    fetch::paginator pages(options_for(read));
    page_window window(read.context, read.of, read.kind, {read.slice.begins, read.slice.ends});
    pass_result result;
    listed_page last_probe;
    bool judged = false;
    while (true) {
        const auto step = pages.next();
        if (const auto* done = std::get_if<fetch::listing_done>(&step)) {
            result.pages = done->pages;
            result.drift = done->drift;
            co_return result;
        }
        if (const auto* broken = std::get_if<fetch::listing_broken>(&step)) {
            result.failed =
                problem{fetch::verdict::bad_page, read.of.name() + ": " + broken->reason};
            read.of.manners_known = false; // that may be why
            co_return result;
        }
        if (const auto found = pages.pages_found(); found && !std::exchange(judged, true)) {
            if (!read.slice.is_open()) {
                co_await learn_filters(read, *found);
            }
            if (read.of.timeline.would_split(read.slice, *found)) {
                result.too_many_pages = true;
                result.pages = *found;
                co_return result;
            }
        }
        if (std::holds_alternative<fetch::keep_probe>(step)) {
            take(read, last_probe);
        } else {
            const auto& wanted = std::get<fetch::fetch_page>(step);
            auto got = co_await window.get(wanted.index, wanted.following);
            if (auto* failed = std::get_if<problem>(&got)) {
                if (is_refusal(failed->what) && pages.refused(wanted.index)) {
                    continue;
                }
                result.failed = std::move(*failed);
                // The list is there: it is not one that the key may not read.
                if (wanted.index > 0 && result.failed->what == fetch::verdict::not_found) {
                    result.failed->what = fetch::verdict::bad_page;
                }
                co_return result;
            }
            auto& page = std::get<listed_page>(got);
            note_page(read, wanted.index, page.content);
            if (!wanted.probe) {
                pages.took(wanted.index, take(read, page));
            } else {
                pages.took(wanted.index, read.sink.facts_of(page.content));
                if (page.content.served > 0) {
                    last_probe = std::move(page);
                }
            }
        }
        if (read.sink.batch_is_full(read.context.batch)) {
            co_await flush_batch(read);
        }
    }
}

} // namespace callmirror::engine

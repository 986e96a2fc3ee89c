// What reading does to the row of slices: it is split, cut, merged, and judged.
#include "sync/plan/timeline.hpp"

#include <algorithm>
#include <cassert>

namespace callmirror::plan {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto day = std::chrono::hours(24);
constexpr auto widest = 365 * day;
constexpr auto head_span_least = 1min;
constexpr auto soonest = 60s; // between two reads of one slice
constexpr auto confirm_within = 3 * day;
constexpr auto longest_pause = 6h;
constexpr auto judged_from = 1h; // narrower parts overlap by the seconds to spare
constexpr auto other_half_within = 10s;
constexpr auto judged_within = 2min; // of a cut: then the head shows what came since
// Of the middle of a slice: imports and nightly jobs stamp round times, and what happens at the
// very second of a split is served for both halves.
constexpr auto off_round = 7min + 13s;

} // namespace

utc_time timeline::due_after(const slice& which, utc_time now) const {
    const auto age = std::max<milliseconds>(now - which.ends, 0ms);
    const auto wait = milliseconds(
        static_cast<std::int64_t>(static_cast<double>(age.count()) * (rules_.growth - 1)));
    auto due = now + std::max<milliseconds>(wait, soonest);
    // Several pages are not read in one instant. Whatever slipped through the first read's checks
    // is found by a second one soon, not after years.
    if (which.reads == 1 && which.pages > 1) {
        due = std::min<utc_time>(due, now + confirm_within);
    }
    return due;
}

// The same rule without a time axis: its age is that of its last change, as far as reads have
// shown.
utc_time timeline::due_after_whole(const slice& which, utc_time now) const {
    const auto least = rules_.snapshot_interval;
    const auto age = std::max<milliseconds>(now - *which.changed_at, 0ms);
    const auto wait = milliseconds(
        static_cast<std::int64_t>(static_cast<double>(age.count()) * (rules_.growth - 1)));
    return now + std::clamp<milliseconds>(wait, least, std::max<milliseconds>(least, day));
}

// Those that were judged by other rules. A pause after a failure stays as it is.
slice_changes timeline::due_by_the_rules() {
    auto& whole = slices_.front();
    if (!whole.is_whole() || !whole.read_at || !whole.changed_at || whole.failures > 0) {
        return {};
    }
    const auto due = rules_.asks_by_key ? utc_time(*whole.read_at + rules_.snapshot_interval)
                                        : due_after_whole(whole, *whole.read_at);
    if (due >= whole.due_at) {
        return {};
    }
    whole.due_at = due;
    return changed({whole});
}

slice_changes timeline::read(slice_id id, utc_time now, std::int64_t records, int pages,
                             std::optional<utc_time> again_at, content found) {
    const auto which = locate(id);
    if (which->is_whole() && (!which->changed_at || found == content::changed)) {
        which->changed_at = now;
    }
    which->read_at = now;
    which->records = records;
    which->pages = pages;
    which->reads += 1;
    which->failures = 0;
    which->due_at = which->is_whole() ? due_after_whole(*which, now) : due_after(*which, now);
    if (again_at) {
        which->due_at = std::min(which->due_at, *again_at);
    }
    if (again_after_.erase(id) > 0) {
        which->due_at = std::min(which->due_at, now);
    }
    note_shown(id, records, pages);
    return changed({*which});
}

slice_changes timeline::failed(slice_id id, utc_time now, blame of) {
    const auto which = locate(id);
    const auto pause = std::min<milliseconds>(
        rules_.pause_after_failure * (1 << std::min(which->failures, 12)), longest_pause);
    which->failures += of == blame::slice ? 1 : 0;
    which->due_at = now + pause;
    if (which->read_at && *which->read_at > now) { // a wrong clock's: the pause would count for
        which->read_at = now;                      // nothing
    }
    return changed({*which});
}

slice_changes timeline::forgive(const time_range& range, utc_time now) {
    std::vector<slice> forgiven;
    for (auto& each : slices_) {
        if (each.failures > 0 && !each.read_at && !each.is_open() && range.overlaps(each) &&
            !busy_.contains(each.id)) {
            each.failures = 0;
            each.due_at = now;
            forgiven.push_back(each);
        }
    }
    return changed(std::move(forgiven));
}

bool timeline::may_cut_days() const {
    return granularity_ && *granularity_ < day;
}

bool timeline::would_split(const slice& which, int pages) const {
    return pages > rules_.most_pages && !which.is_open() && !which.is_whole() &&
           which.width() >= (may_cut_days() ? 2s : 2 * day) &&
           which.width() > granularity_.value_or(1s);
}

bool timeline::wants_proof(const slice& which, int pages) const {
    if (granularity_ || which.is_whole()) {
        return false;
    }
    return which.is_open() ? pages > 1 : pages > rules_.most_pages && which.width() >= 2s;
}

void timeline::times_are_told_apart() {
    granularity_ = granularity_.value_or(1s);
}

slice_changes timeline::split(slice_id id, utc_time now, int pages) {
    const auto which = locate(id);
    note_shown(id, std::int64_t{pages} * rules_.page_size, pages);
    if (!would_split(*which, pages)) {
        return {};
    }
    const bool looks_whole = std::ranges::any_of(cuts_, [&](const auto& cut) {
        const auto& shows = cut.older == id ? cut.older_shows : cut.newer_shows;
        return (cut.older == id || cut.newer == id) && shows && *shows >= cut.least;
    });
    if (looks_whole) { // so was splitting of any use? The other half tells
        which->due_at = now + other_half_within;
        return changed({*which});
    }
    const auto width = which->width();
    auto middle = which->begins + width / 2;
    middle = width >= 2 * day ? floor_day(middle) : std::chrono::floor<seconds>(middle);
    middle += may_cut_days() && width >= judged_from ? off_round : 0s;
    forget_cuts_of(which->id);
    slice newer = *which;
    newer.id = new_id_();
    newer.begins = middle;
    newer.read_at.reset();
    newer.records = 0;
    newer.pages = pages / 2;
    newer.reads = 0;
    newer.failures = 0;
    newer.due_at = now;
    which->ends = middle;
    which->read_at.reset();
    which->pages = pages / 2;
    which->due_at = now;
    if (width >= judged_from) {
        cuts_.push_back({.older = which->id,
                         .newer = newer.id,
                         .width = std::chrono::ceil<seconds>(width),
                         // At midnight both show the days around it where days are all it knows.
                         .least = pages * std::int64_t{may_cut_days() ? 6 : 8} / 10});
    }
    auto changes = changed({*which, newer});
    slices_.insert(which + 1, newer);
    return changes;
}

// A half shows half. Where both show well over it, the server does not tell them apart: a day's
// halves, and a second to spare, are two days each to one that knows only days, of the whole's
// three.
void timeline::note_shown(slice_id id, std::int64_t records, std::int64_t pages) {
    std::erase_if(cuts_, [&](judged_cut& cut) {
        const auto amount = cut.of_head ? records : pages;
        if (cut.older == id && !cut.older_shows) {
            cut.older_shows = amount;
        } else if (cut.newer == id && !cut.newer_shows) {
            cut.newer_shows = amount;
        }
        if (!cut.older_shows || !cut.newer_shows) {
            return false;
        }
        if (std::min(*cut.older_shows, *cut.newer_shows) >= cut.least) {
            const auto width = cut.width > 2h ? std::max<seconds>(cut.width, day) : cut.width;
            granularity_ = std::max(granularity_.value_or(0s), width);
        }
        return true;
    });
}

void timeline::forget_cuts_of(slice_id id) {
    std::erase_if(cuts_, [id](const auto& cut) {
        return (cut.older == id && !cut.older_shows) || (cut.newer == id && !cut.newer_shows);
    });
}

slice_changes timeline::head_read(utc_time now, utc_time source_now, std::int64_t records,
                                  int pages) {
    auto& head = slices_.back();
    head.read_at = now;
    head.records = records;
    head.pages = pages;
    head.reads += 1;
    head.failures = 0;
    head.due_at = now + rules_.poll_interval;

    if (cut_at_ && now - *cut_at_ > judged_within) {
        forget_cuts_of(head.id);
    }
    note_shown(head.id, records, pages);
    left_by_cut_ = cut_at_ ? records : std::min(left_by_cut_, records);
    cut_at_.reset();
    const auto begins = head_begins(head, source_now, records);
    return begins ? cut_head(*begins, now) : changed({head});
}

std::int64_t timeline::full_head() const {
    return static_cast<std::int64_t>(rules_.page_size) * 3 / 5;
}

// Where the head is to begin; nullopt where it stays as it is.
std::optional<utc_time> timeline::head_begins(const slice& head, utc_time source_now,
                                              std::int64_t records) const {
    const auto span = std::max<milliseconds>(source_now - head.begins, 1ms);
    if (records <= full_head() || !may_cut_days()) {
        const auto begins = floor_day(source_now - head_span);
        return begins > head.begins ? std::optional(begins) : std::nullopt;
    }
    // So many that a quarter of an hour may not fit half a page.
    const auto half = milliseconds(span.count() * rules_.page_size / 2 / records);
    const auto keep = std::clamp<milliseconds>(half, head_span_least, head_span);
    const utc_time begins = std::chrono::floor<seconds>(source_now - keep);
    // Worth it where it leaves a third behind, and something has come since the last cut: what is
    // dated ahead, or came in a burst just now, is not left behind by cutting again.
    const bool grown = records - left_by_cut_ >= std::max(rules_.page_size / 4, 1);
    return grown && begins - head.begins >= span / 3 && begins > head.begins ? std::optional(begins)
                                                                             : std::nullopt;
}

slice_changes timeline::cut_head(utc_time begins, utc_time now) {
    const auto& head = slices_.back();
    slice closed = head;
    closed.ends = begins;
    closed.read_at.reset();
    closed.reads = 0;
    closed.due_at = now;
    slice next = head;
    next.id = new_id_();
    next.begins = begins;
    next.read_at.reset();
    next.records = 0;
    next.reads = 0;
    next.due_at = now;
    forget_cuts_of(head.id);
    if (begins != floor_day(begins)) { // a server that knows only days shows as much for both
        cuts_.push_back({.older = closed.id,
                         .newer = next.id,
                         .width = day,
                         .least = head.records * 8 / 10,
                         .of_head = true});
    }
    cut_at_ = now;
    // The closed part keeps the head's digest; the head begins a new one with its next read.
    slices_.back() = closed;
    slices_.push_back(next);
    return changed({closed, next});
}

bool timeline::mergeable(const slice& older, const slice& newer, slice_id just_read,
                         utc_time now) const {
    const auto quiet = [&](const slice& each) {
        return each.read_at && !each.is_open() && each.failures == 0 &&
               (each.id == just_read || !busy_.contains(each.id));
    };
    const auto room = static_cast<std::int64_t>(rules_.page_size) * rules_.target_pages;
    const auto width = newer.ends - older.begins;
    return quiet(older) && quiet(newer) && older.records + newer.records <= room &&
           width <= widest && width * 2 <= now - newer.ends;
}

slice_changes timeline::merge_around(slice_id id, utc_time now) {
    slice_changes changes;
    auto which = locate(id);
    const auto join = [&](std::vector<slice>::iterator older) {
        const auto newer = older + 1;
        older->ends = newer->ends;
        older->records += newer->records;
        older->pages += newer->pages;
        older->reads = std::min(older->reads, newer->reads);
        older->read_at = std::min(*older->read_at, *newer->read_at);
        older->due_at = std::min(older->due_at, newer->due_at);
        changes.moved_digests.emplace_back(newer->id, older->id);
        changes.gone.push_back(newer->id);
        forget_cuts_of(older->id);
        forget_cuts_of(newer->id);
        which = slices_.erase(newer) - 1;
    };
    while (which + 1 != slices_.end() && mergeable(*which, *(which + 1), which->id, now)) {
        join(which);
    }
    while (which != slices_.begin() && mergeable(*(which - 1), *which, which->id, now)) {
        join(which - 1);
    }
    if (!changes.gone.empty()) {
        changes.put.push_back(*which);
        busy_.insert(which->id);
    }
    return changes;
}

} // namespace callmirror::plan

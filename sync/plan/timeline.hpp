// The row of slices that covers one list's time axis, and every decision about it: where the head
// begins, how wide slices are, which one is read next, when a slice is due again.
//
// Pure: no clock and no database. Each decision returns the changes that have to be committed; the
// timeline already counts on them, so when a commit fails it is thrown away and loaded again.
// A slice that next() gave out or that a decision changed is busy until release(): until what
// became of it is committed. Busy slices are not given out, and not merged by others. Not
// thread-safe.
#pragma once

#include "sync/plan/slice.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace callmirror::plan {

// Failed reads in a row after which a backfill counts on a slice no more.
inline constexpr int hopeless = 5;
// The longest that the head is left with when it is cut: what appears later than it is dated is
// still seen at once.
inline constexpr auto head_span = std::chrono::minutes(15);

struct timeline_rules {
    std::optional<utc_time> history_start; // none: until three years show nothing
    std::chrono::milliseconds poll_interval{30'000};
    bool has_time_axis = true; // false: one slice for all of it, and no head
    // Without time axis: between two reads while it changes.
    std::chrono::milliseconds snapshot_interval{600'000};
    bool asks_by_key = false; // no list: each snapshot_interval it is looked what to ask for
    int page_size = 100;      // records on a page, as far as is known
    int target_pages = 100;   // of a slice
    int most_pages = 400;     // of a slice that could be narrower
    int ahead = 4;            // slices planned before they are read
    double growth = 2;        // a slice is due when its age has grown by this factor
    // After a slice's first failed read; doubles with each further one.
    std::chrono::milliseconds pause_after_failure{30'000};
};

// Limits what next() gives out and what extend() plans: backfill's --from and --to.
struct time_range {
    utc_time from = start_of_time;
    utc_time to = end_of_time;
    bool overlaps(const slice& other) const { return other.begins < to && from < other.ends; }
};

class timeline {
public:
    using new_id = std::function<slice_id()>;

    // `slices`: of one list, in any order. `granularity`: what the server's filters can't tell
    // apart below, where that is known.
    timeline(std::string resource, std::string scope, timeline_rules rules,
             std::vector<slice> slices, bool history_complete,
             std::optional<std::chrono::seconds> granularity, new_id ids);

    // The head, and what covers the time up to it; or the one slice there is. Where they are there:
    // a list without time axis is due sooner where its snapshot_interval is shorter than it was.
    slice_changes start(utc_time now);

    // Plans older slices until `ahead` of them within `range` wait to be read, or history is
    // complete, or the range's beginning is reached.
    slice_changes extend(utc_time now, const time_range& range);

    // Every slice that waits to be read within the range is hopeless, and nothing older is planned:
    // there are too many of them, or they are all that history still lacks.
    bool is_blocked(const time_range& range) const;

    // Nothing is older than the oldest slice: history_start is reached, or three years show
    // nothing.
    bool history_complete() const { return history_complete_; }

    enum class debt : std::uint8_t { never_read, due };
    // The slice to read next, busy from now on: never read ones newest first, or the due one that
    // has waited longest. nullopt where there is none within `range` of which `may_be_read` holds.
    std::optional<slice> next(
        debt kind, utc_time now, const time_range& range,
        const std::function<bool(slice_id)>& may_be_read = [](slice_id) { return true; });
    // When next() would first have something that it hasn't now. end_of_time: nothing in sight.
    utc_time next_due(
        const time_range& range,
        const std::function<bool(slice_id)>& may_be_read = [](slice_id) { return true; }) const;

    // A busy slice was read whole: `records` distinct ones on `pages` pages. `again_at`: due then
    // at the latest. `found`: since the read before.
    enum class content : std::uint8_t { same, changed };
    slice_changes read(slice_id id, utc_time now, std::int64_t records, int pages,
                       std::optional<utc_time> again_at = std::nullopt,
                       content found = content::same);
    // Reading it came to nothing. It is tried again after a pause; that grows where the slice is to
    // blame, and not an API that is out of reach.
    enum class blame : std::uint8_t { slice, api };
    slice_changes failed(slice_id id, utc_time now, blame of = blame::slice);
    // Never read slices within the range that failed are due at once, as if they had not.
    slice_changes forgive(const time_range& range, utc_time now);
    // It has about `pages` pages. Split in two where a narrower slice would help; the older half
    // keeps id and digest. Where it shows as much as the whole that it was a half of, it waits
    // until the other half was looked at. Empty changes: read it as it is.
    slice_changes split(slice_id id, utc_time now, int pages);
    bool would_split(const slice& which, int pages) const;

    // Before the head, or a slice of about `pages` pages, is cut within a day it has to be proved
    // that the server shows anything at all where start and end lie within one. One whose filters
    // know only days, and leave out both that they name, would show neither part what lies around
    // the cut. Until then cuts are made at midnight in UTC, for which the second to spare is
    // enough.
    bool wants_proof(const slice& which, int pages) const;
    void times_are_told_apart(); // proved
    // What happened to it is committed, or nothing happened.
    void release(slice_id id) { busy_.erase(id); }
    void release(const slice_changes& committed);

    bool is_busy(slice_id id) const { return busy_.contains(id); }
    // Keeps others from it until release(). False where it is busy already.
    bool hold(slice_id id) { return busy_.insert(id).second; }

    // About how many pages it has, at least 1: as when it was last read, or as its neighbours
    // suggest.
    int expected_pages(const slice& which) const;

    const slice& head() const { return slices_.back(); } // where there is a time axis
    // The head was read: `records` on `pages` pages. Moves its beginning up where it has grown over
    // a page; what it leaves behind becomes a slice of its own, never read, with the head's digest.
    // `source_now`: the server's clock.
    slice_changes head_read(utc_time now, utc_time source_now, std::int64_t records, int pages);

    // Joins a slice that was just read with its neighbours where all are old and small.
    slice_changes merge_around(slice_id id, utc_time now);

    // Everything within the range is due at once; what is busy is due when its read has ended, as
    // its first pages may have been seen before. The head is read all the time.
    slice_changes again(const time_range& range, utc_time now);

    const std::vector<slice>& slices() const { return slices_; } // oldest first, without gap
    const slice* find(slice_id id) const;
    // Where a record that this slice showed once may be by now: the slice before it, the one after
    // it, and those that were the head's, too, when this one was cut from it.
    std::vector<slice_id> neighbours(slice_id id) const;
    // How many records a page holds, as is learnt by and by.
    void set_page_size(int records) { rules_.page_size = records; }
    std::optional<std::chrono::seconds> granularity() const { return granularity_; }
    // The share of time from the oldest slice to now that has been read, 0 to 1.
    double share_read(utc_time now, const time_range& range) const;
    std::size_t unread(const time_range& range) const; // slices, the head aside

private:
    std::vector<slice>::iterator locate(slice_id id);
    bool history_ends() const;
    bool may_plan(const time_range& range) const;
    std::chrono::milliseconds next_width() const;
    double records_each_second(const slice& near) const;
    double records_each_second_of_oldest_week() const; // that was read; 0 where none was
    slice_changes changed(std::vector<slice> put);
    utc_time due_after(const slice& which, utc_time now) const;
    utc_time due_after_whole(const slice& which, utc_time now) const;
    slice_changes due_by_the_rules();
    void note_shown(slice_id id, std::int64_t records, std::int64_t pages);
    void forget_cuts_of(slice_id id);
    std::optional<utc_time> head_begins(const slice& head, utc_time source_now,
                                        std::int64_t records) const;
    slice_changes cut_head(utc_time begins, utc_time now);
    bool may_cut_days() const;
    std::int64_t full_head() const; // records, from which on it is cut within a day
    bool mergeable(const slice& older, const slice& newer, slice_id just_read, utc_time now) const;

    std::string resource_;
    std::string scope_;
    timeline_rules rules_;
    std::vector<slice> slices_;
    bool history_complete_;
    std::optional<std::chrono::seconds> granularity_;
    new_id new_id_;
    std::set<slice_id> busy_;
    std::set<slice_id> again_after_; // the read that is under way
    struct judged_cut {
        slice_id older, newer;
        std::chrono::seconds width; // not told apart, where both parts show `least` or more
        std::int64_t least;         // pages; records of a head
        bool of_head = false;
        std::optional<std::int64_t> older_shows{}, newer_shows{};
    };
    std::vector<judged_cut> cuts_;     // whose parts are not read yet
    std::optional<utc_time> cut_at_{}; // the head, and it has not been read since
    std::int64_t left_by_cut_ = 0;     // records in the head, right after it was cut last
};

} // namespace callmirror::plan

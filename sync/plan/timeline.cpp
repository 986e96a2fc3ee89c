#include "sync/plan/timeline.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace callmirror::plan {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto day = std::chrono::hours(24);
constexpr auto nothing_for = 3 * 365 * day; // then there is nothing older
constexpr auto widest = 365 * day;
constexpr int most_failing = 8; // slices in a list that older history doesn't wait for
constexpr auto nothing_before = std::chrono::sys_days(std::chrono::year(1990) / 1 / 1);

// A clock that was ahead and was set back has left times that would keep a slice unread for as
// long.
bool is_of_a_wrong_clock(const slice& which, utc_time now) {
    return which.read_at ? *which.read_at > now + 1min // clocks of two machines differ by less
                         : which.due_at > now + 6h;    // no pause after failures is longer
}

} // namespace

timeline::timeline(std::string resource, std::string scope, timeline_rules rules,
                   std::vector<slice> slices, bool history_complete,
                   std::optional<seconds> granularity, new_id ids)
    : resource_(std::move(resource))
    , scope_(std::move(scope))
    , rules_(rules)
    , slices_(std::move(slices))
    , history_complete_(history_complete)
    , granularity_(granularity)
    , new_id_(std::move(ids)) {
    std::ranges::sort(slices_, {}, &slice::begins);
    if (rules_.history_start) { // before that there were no such APIs
        rules_.history_start = std::max<utc_time>(*rules_.history_start, nothing_before);
    }
    // An earlier history_start than before opens the past again.
    if (!slices_.empty() && rules_.history_start) {
        history_complete_ = slices_.front().begins <= *rules_.history_start;
    }
}

slice_changes timeline::start(utc_time now) {
    if (!slices_.empty()) {
        return due_by_the_rules();
    }
    slice head;
    head.id = new_id_();
    head.resource = resource_;
    head.scope = scope_;
    head.due_at = now;
    if (!rules_.has_time_axis) {
        history_complete_ = true;
        slices_.push_back(head);
        return changed({head});
    }
    head.begins = floor_day(now);
    if (rules_.history_start && *rules_.history_start >= head.begins) {
        head.begins = *rules_.history_start;
        history_complete_ = true;
    }
    slices_.push_back(head);
    return changed({head});
}

// At the old end nothing was found for three years, or may be: what is not read yet is not counted
// on to hold anything, so that unread slices are not piled up.
bool timeline::history_ends() const {
    milliseconds silent{0};
    for (const auto& each : slices_) {
        if (each.is_open() || (each.read_at && each.records > 0)) {
            break;
        }
        silent += each.width();
    }
    return silent >= nothing_for;
}

// A few slices that can't be read don't keep older history waiting.
bool timeline::may_plan(const time_range& range) const {
    int waiting = 0;
    int failing = 0;
    for (const auto& each : slices_) {
        if (!each.read_at && !each.is_open() && range.overlaps(each)) {
            ++(each.failures < hopeless ? waiting : failing);
        }
    }
    return waiting + std::max(failing - most_failing, 0) < rules_.ahead;
}

bool timeline::is_blocked(const time_range& range) const {
    const bool planned_out = range.from == start_of_time && !rules_.history_start && history_ends();
    return !history_complete_ && (planned_out || !may_plan(range)) && unread(range) > 0 &&
           std::ranges::none_of(slices_, [&](const slice& each) {
               return !each.read_at && !each.is_open() && range.overlaps(each) &&
                      each.failures < hopeless;
           });
}

slice_changes timeline::extend(utc_time now, const time_range& range) {
    std::vector<slice> planned;
    const bool open_ended = !rules_.history_start && range.from == start_of_time;
    while (!slices_.empty() && !history_complete_ && may_plan(range)) {
        const auto oldest = slices_.front().begins;
        if (oldest <= nothing_before) {
            history_complete_ = true;
        }
        if (open_ended && history_ends()) {
            history_complete_ = unread({}) == 0;
            break;
        }
        if (history_complete_ || oldest <= range.from) {
            break;
        }
        slice older;
        older.id = new_id_();
        older.resource = resource_;
        older.scope = scope_;
        older.ends = oldest;
        older.begins = floor_day(oldest - next_width());
        if (oldest >
            range.to) { // not asked for: one slice for all of it, to be split when it is read
            older.begins = std::min(older.begins, floor_day(range.to) + day);
        }
        older.due_at = now;
        if (rules_.history_start && older.begins <= *rules_.history_start) {
            older.begins = *rules_.history_start;
            history_complete_ = true;
        }
        slices_.insert(slices_.begin(), older);
        planned.push_back(older);
    }
    return changed(std::move(planned));
}

// As wide as makes a slice of about target_pages, judged by the oldest week that was read: a
// weekend would make it three times too wide, and the last busy day every one of three silent years
// as narrow as itself. At most four times as wide as what was read nearest to it, so that one
// silent stretch does not lead to a jump into the unknown. Those in between are planned and not
// read yet: they must not hold the growth up, or it never comes about where several are read at
// once.
milliseconds timeline::next_width() const {
    const auto& neighbour = slices_.front();
    if (neighbour.is_open()) {
        return day;
    }
    const auto nearest_read = std::ranges::find_if(
        slices_, [](const slice& each) { return each.read_at && !each.is_open(); });
    auto grown = neighbour.width();
    if (nearest_read != slices_.end()) {
        grown = std::max(grown, 4 * nearest_read->width());
    }
    auto wanted = std::min<milliseconds>(grown, widest);
    if (const auto each_second = records_each_second_of_oldest_week(); each_second > 0) {
        const double room = static_cast<double>(rules_.page_size) * rules_.target_pages;
        const auto fitting = milliseconds(
            static_cast<std::int64_t>(std::min(room / each_second, 366.0 * 86400) * 1000));
        wanted = std::min(wanted, fitting);
    }
    return std::max<milliseconds>(std::chrono::round<std::chrono::days>(wanted), day);
}

double timeline::records_each_second_of_oldest_week() const {
    double records = 0;
    milliseconds width{0};
    for (const auto& each : slices_) {
        if (each.read_at && !each.is_open() && width < 7 * day) {
            records += static_cast<double>(each.records);
            width += each.width();
        }
    }
    return records > 0 ? records / std::chrono::duration<double>(width).count() : 0;
}

// As dense as the slice nearest to it that has been read and is not empty; 0 where there is none.
double timeline::records_each_second(const slice& near) const {
    const slice* known = nullptr;
    for (const auto& each : slices_) {
        if (!each.read_at || each.is_open() || each.records == 0) {
            continue;
        }
        const auto distance = [&](const slice& other) {
            return std::chrono::abs(other.begins - near.begins);
        };
        if (!known || distance(each) < distance(*known)) {
            known = &each;
        }
    }
    return known ? static_cast<double>(known->records) /
                       std::chrono::duration<double>(known->width()).count()
                 : 0;
}

int timeline::expected_pages(const slice& which) const {
    if (which.pages > 0 || which.is_open() || which.is_whole()) {
        return std::max(which.pages, 1);
    }
    const auto seconds_wide = std::chrono::duration<double>(which.width()).count();
    const auto pages = records_each_second(which) * seconds_wide / rules_.page_size;
    return static_cast<int>(std::clamp(std::ceil(pages), 1.0, 1e6));
}

std::optional<slice> timeline::next(debt kind, utc_time now, const time_range& range,
                                    const std::function<bool(slice_id)>& may_be_read) {
    const slice* chosen = nullptr;
    for (const auto& each : slices_) {
        if (each.is_open() || busy_.contains(each.id) || !range.overlaps(each) ||
            (each.due_at > now && !is_of_a_wrong_clock(each, now)) ||
            each.read_at.has_value() != (kind == debt::due) || !may_be_read(each.id)) {
            continue;
        }
        // Never read: the newest, which comes last. Due: the longest overdue.
        if (!chosen || kind == debt::never_read || each.due_at < chosen->due_at) {
            chosen = &each;
        }
    }
    if (!chosen) {
        return std::nullopt;
    }
    busy_.insert(chosen->id);
    return *chosen;
}

utc_time timeline::next_due(const time_range& range,
                            const std::function<bool(slice_id)>& may_be_read) const {
    auto first = end_of_time;
    for (const auto& each : slices_) {
        if (!each.is_open() && !busy_.contains(each.id) && range.overlaps(each) &&
            may_be_read(each.id)) {
            first = std::min(first, each.due_at);
        }
    }
    return first;
}

slice_changes timeline::again(const time_range& range, utc_time now) {
    std::vector<slice> asked;
    for (auto& each : slices_) {
        if (each.is_open() || !range.overlaps(each)) {
            continue;
        }
        if (busy_.contains(each.id)) {
            again_after_.insert(each.id);
        } else {
            each.due_at = std::min(each.due_at, now);
            each.failures = 0;
            asked.push_back(each);
        }
    }
    return changed(std::move(asked));
}

slice_changes timeline::changed(std::vector<slice> put) {
    for (const auto& each : put) {
        busy_.insert(each.id);
    }
    return {.put = std::move(put), .gone = {}, .moved_digests = {}};
}

void timeline::release(const slice_changes& committed) {
    for (const auto& each : committed.put) {
        busy_.erase(each.id);
    }
    for (const auto id : committed.gone) {
        busy_.erase(id);
    }
}

std::vector<slice>::iterator timeline::locate(slice_id id) {
    const auto found = std::ranges::find(slices_, id, &slice::id);
    assert(found != slices_.end());
    return found;
}

const slice* timeline::find(slice_id id) const {
    const auto found = std::ranges::find(slices_, id, &slice::id);
    return found == slices_.end() ? nullptr : &*found;
}

std::vector<slice_id> timeline::neighbours(slice_id id) const {
    std::vector<slice_id> ids;
    for (std::size_t i = 0; i < slices_.size(); ++i) {
        if (slices_[i].id != id) {
            continue;
        }
        if (i > 0) {
            ids.push_back(slices_[i - 1].id);
        }
        // What is left behind keeps the digest of the whole head, which may have been cut again
        // and again before it is read.
        const auto ends = slices_[i].ends; // what is open or whole has none
        const auto reach = ends == end_of_time ? end_of_time : utc_time(ends + head_span);
        for (auto next = i + 1; next < slices_.size(); ++next) {
            if (next > i + 1 && slices_[next].begins > reach) {
                break;
            }
            ids.push_back(slices_[next].id);
        }
    }
    return ids;
}

double timeline::share_read(utc_time now, const time_range& range) const {
    double read = 0;
    double all = 0;
    for (const auto& each : slices_) {
        if (each.is_whole()) {
            return each.read_at ? 1 : 0;
        }
        const auto begins = std::max(each.begins, range.from);
        const auto ends = std::min({each.ends, range.to, now});
        if (ends <= begins) {
            continue;
        }
        const auto width = static_cast<double>((ends - begins).count());
        all += width;
        read += each.read_at ? width : 0;
    }
    if (rules_.history_start && !slices_.empty()) {
        const auto begins = std::max(*rules_.history_start, range.from);
        const auto ends = std::min(slices_.front().begins, range.to);
        all += ends > begins ? static_cast<double>((ends - begins).count()) : 0;
    }
    return all > 0 ? read / all : 1;
}

std::size_t timeline::unread(const time_range& range) const {
    return static_cast<std::size_t>(std::ranges::count_if(slices_, [&](const slice& each) {
        return !each.is_open() && !each.read_at && range.overlaps(each);
    }));
}

} // namespace callmirror::plan

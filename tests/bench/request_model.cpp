#include "tests/bench/request_model.hpp"

#include "sync/fetch/paginator.hpp"
#include "sync/plan/timeline.hpp"

#include <algorithm>
#include <cmath>

namespace callmirror::bench {
namespace {

using namespace std::chrono_literals;
using plan::timeline;

constexpr int page_size = 100;
constexpr auto year = std::chrono::days(365);
constexpr auto poll_interval = 30s;
constexpr utc_time today{std::chrono::sys_days{std::chrono::year(2026) / 11 / 20} + 10h};

// A list with a record every so often, the newest first; what is dated after `now` is not there.
class even_list {
public:
    explicit even_list(double records_a_day)
        : apart_(86'400'000 / records_a_day) {}

    std::int64_t count(utc_time from, utc_time to, utc_time now) const {
        const auto number = [&](utc_time time) {
            const auto since = std::clamp(time, today - year, now) - (today - year);
            return static_cast<std::int64_t>(static_cast<double>(since.count()) / apart_);
        };
        return number(to) - number(from);
    }

private:
    double apart_; // milliseconds
};

class planner {
public:
    explicit planner(double records_a_day)
        : list_(records_a_day)
        , slices_("calls", "", {.history_start = today - year, .poll_interval = poll_interval}, {},
                  false, 1s, [this] { return ++last_id_; }) {
        slices_.release(slices_.start(now));
    }

    void read_head() {
        const auto& head = slices_.head();
        const auto records = list_.count(head.begins - 1s, end_of_time, now);
        const auto pages = read_pages(records, {.strict = false,
                                                .limit = page_size,
                                                .full_page_seen = full_page_seen_,
                                                .largest_page = page_size});
        slices_.release(slices_.head_read(now, now, records, pages));
    }

    // False where there is nothing to read.
    bool read_next(timeline::debt kind) {
        slices_.release(slices_.extend(now, {}));
        const auto found = slices_.next(kind, now, {});
        if (!found) {
            return false;
        }
        const auto& which = *found;
        const auto records = list_.count(which.begins - 1s, which.ends + 1s, now);
        const auto found_pages = static_cast<int>((records + page_size - 1) / page_size);
        if (slices_.would_split(which, found_pages)) {
            requests += 3; // the first page, the last one, and the end
            slices_.release(slices_.split(which.id, now, found_pages));
        } else {
            const auto pages =
                read_pages(records, {.limit = page_size,
                                     .full_page_seen = full_page_seen_,
                                     .largest_page = page_size,
                                     .expected_pages = slices_.expected_pages(which)});
            slices_.release(slices_.read(which.id, now, records, pages));
            slices_.release(slices_.merge_around(which.id, now));
        }
        slices_.release(which.id);
        return true;
    }

    utc_time next_due() const { return slices_.next_due({}); }
    bool complete() const { return slices_.history_complete() && slices_.unread({}) == 0; }

    utc_time now = today;
    double requests = 0;

private:
    int read_pages(std::int64_t records, const fetch::paginator_options& options) {
        fetch::paginator pages(options);
        while (true) {
            const auto step = pages.next();
            if (const auto* done = std::get_if<fetch::listing_done>(&step)) {
                return done->pages;
            }
            if (const auto* wanted = std::get_if<fetch::fetch_page>(&step)) {
                const auto left = records - std::int64_t{wanted->index} * page_size;
                const auto served = std::clamp<std::int64_t>(left, 0, page_size);
                full_page_seen_ = full_page_seen_ || served == page_size;
                requests += 1;
                pages.took(wanted->index,
                           {.served = static_cast<std::size_t>(served),
                            .fingerprint = static_cast<std::uint64_t>(wanted->index) + 1,
                            .total = static_cast<std::uint64_t>(records)});
            }
        }
    }

    even_list list_;
    plan::slice_id last_id_ = 0;
    bool full_page_seen_ = false;
    timeline slices_;
};

} // namespace

model_result requests_for(double records_a_day) {
    model_result made{.rows = 365 * records_a_day};
    planner it(records_a_day);
    it.read_head();
    while (!it.complete() && it.read_next(timeline::debt::never_read)) {
    }
    made.requests = it.requests;
    double heads = 0;
    double others = 0;
    utc_time head_due = it.now;
    for (const auto end = today + std::chrono::days(60); it.now < end;) {
        it.now = std::max(it.now, std::min(head_due, it.next_due()));
        const auto before = it.requests;
        const bool is_head = it.now >= head_due;
        if (is_head) {
            it.read_head();
            head_due = it.now + poll_interval;
        } else if (!it.read_next(timeline::debt::never_read)) {
            it.read_next(timeline::debt::due);
        }
        if (it.now >= today + std::chrono::days(30)) {
            (is_head ? heads : others) += it.requests - before;
        }
    }
    made.due_each_day = others / 30;
    made.heads_each_day = heads / 30;
    return made;
}

} // namespace callmirror::bench

// A source of records by the clock, and a driver that plays the engine to a timeline: reads what it
// gives out, commits what it decides, counts requests as the paginator makes them, and checks after
// every commit that the slices cover the time axis without gap or overlap.
#pragma once

#include "sync/plan/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace callmirror::plan {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

inline utc_time at(const char* text) {
    return *parse_time(text);
}

struct source_model {
    struct stretch {
        utc_time from, to;
        double per_day;
    };
    enum class grain { exact, day_inclusive, day_exclusive, between_days, none };

    std::vector<stretch> steady;
    std::map<utc_time, std::int64_t> instants;
    grain filter = grain::exact;

    // What a request for a slice serves: it asks with a second to spare at both ends.
    std::int64_t serves(const slice& which, utc_time now) const {
        auto from = which.begins == start_of_time ? which.begins : which.begins - 1s;
        auto to = which.is_open() ? end_of_time : which.ends + 1s;
        if (filter == grain::none) {
            from = start_of_time;
            to = end_of_time;
        } else if (filter != grain::exact) {
            from = floor_day(from) + (filter == grain::between_days ? 24h : 0h);
            if (!which.is_open()) {
                to = floor_day(to) + (filter == grain::day_inclusive ? 24h : 0h);
            }
        }
        double count = 0;
        for (const auto& each : steady) { // nothing is there before it happened
            const auto begins = std::max(each.from, from);
            const auto ends = std::min({each.to, to, now});
            if (ends > begins) { // whole ones: a stretch gives the same whoever asks
                const auto upto = [&](utc_time time) {
                    return std::floor(std::chrono::duration<double>(time - each.from).count() /
                                      86400 * each.per_day);
                };
                count += upto(ends) - upto(begins);
            }
        }
        auto total = static_cast<std::int64_t>(count);
        for (const auto& [time, records] : instants) {
            total += time >= from && time < to ? records : 0;
        }
        return total;
    }
};

class engine_model {
public:
    engine_model(source_model of, timeline_rules rules, utc_time start)
        : now(start)
        , source(std::move(of))
        , rules_(rules)
        , line(fresh({})) {
        commit(line.start(now));
    }

    utc_time now;
    source_model source;
    timeline_rules rules_;
    slice_id last_id = 0;
    std::optional<std::chrono::seconds> granularity;
    bool complete = false;
    std::map<slice_id, slice> committed;
    timeline line;
    std::int64_t requests = 0;      // for history
    std::int64_t head_requests = 0; // for polls
    std::int64_t reads = 0;

    timeline fresh(std::vector<slice> slices) {
        return {"calls", "", rules_, slices, complete, granularity, [this] { return ++last_id; }};
    }

    void apply(const slice_changes& changes) {
        for (const auto& each : changes.put) {
            committed[each.id] = each;
        }
        for (const auto id : changes.gone) {
            committed.erase(id);
        }
    }
    void commit(const slice_changes& changes) {
        apply(changes);
        line.release(changes);
    }
    // A crash: only what was committed is left.
    void reload() {
        std::vector<slice> kept;
        for (const auto& [id, each] : committed) {
            kept.push_back(each);
        }
        line = fresh(std::move(kept));
    }

    void expect_covered() const {
        std::vector<slice> row;
        for (const auto& [id, each] : committed) {
            row.push_back(each);
        }
        std::ranges::sort(row, {}, &slice::begins);
        ASSERT_FALSE(row.empty());
        ASSERT_TRUE(row.back().is_open());
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            ASSERT_LT(row[i].begins, row[i].ends);
            ASSERT_EQ(row[i].ends, row[i + 1].begins) << "between " << i << " and the next";
        }
        ASSERT_TRUE(std::ranges::equal(row, line.slices()));
    }

    int pages_of(std::int64_t records) const {
        return static_cast<int>((records + rules_.page_size - 1) / rules_.page_size);
    }
    // As the paginator asks, where no total is served.
    static int cost(int pages) { return pages == 0 ? 1 : pages == 1 ? 2 : pages + 4; }

    // Reads the next slice of that kind. False where there is none.
    bool read_one(timeline::debt kind, const time_range& range = {}) {
        const auto next = line.next(kind, now, range);
        if (!next) {
            return false;
        }
        ++reads;
        const auto records = source.serves(*next, now);
        const auto pages = pages_of(records);
        prove(*next, pages);
        if (line.would_split(*next, pages)) {
            requests += 4; // what it takes to know
            commit(line.split(next->id, now, pages));
            line.release(next->id);
            return true;
        }
        requests += cost(pages);
        auto changes = line.read(next->id, now, records, pages);
        const auto merged = line.merge_around(next->id, now);
        apply(changes);
        apply(merged);
        line.release(changes);
        line.release(merged);
        line.release(next->id);
        granularity = line.granularity();
        return true;
    }

    // All of history, at one moment.
    void backfill(const time_range& range = {}, int most = 100'000) {
        poll();
        poll();
        while (most-- > 0) {
            if (read_one(timeline::debt::never_read, range)) {
                continue;
            }
            const auto planned = line.extend(now, range);
            complete = line.history_complete();
            if (planned.empty() && line.unread(range) == 0) {
                break;
            }
            now += planned.empty() ? 10s : 0s; // a half that waits for the other one
            commit(planned);
        }
        ASSERT_GT(most, 0) << "history does not end";
    }

    std::int64_t poll() {
        const auto records = source.serves(line.head(), now);
        const auto pages = pages_of(records);
        head_requests += std::max(pages, 1);
        prove(line.head(), pages);
        commit(line.head_read(now, now, records, pages));
        granularity = line.granularity();
        return records;
    }

    // Is anything shown of a part of one of its last days?
    void prove(const slice& which, int pages) {
        if (!line.wants_proof(which, pages)) {
            return;
        }
        const auto ends = std::min(which.ends, now);
        auto part = which;
        for (auto day = floor_day(ends); day > ends - 4 * 24h; day -= 24h) {
            part.begins = std::max<utc_time>(day, which.begins) + 2s;
            part.ends = std::min<utc_time>(day + 24h, ends) - 2s;
            if (part.begins < part.ends && source.serves(part, now) > 0) {
                line.times_are_told_apart();
                return;
            }
        }
    }

    // Steady state until then: the head every `step`, and whatever is due.
    void run_until(utc_time until, milliseconds step) {
        while (now < until) {
            poll();
            while (read_one(timeline::debt::never_read) || read_one(timeline::debt::due)) {
            }
            now += step;
        }
    }
};

} // namespace callmirror::plan

// How far a backfill is, as lines of text. Pure: time is passed in.
#pragma once

#include "sync/engine/view.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::daemon {

// One list, as it is now.
struct list_progress {
    std::string name;             // "calls", "acme streams 12"
    double share = 0;             // of what is known to be to read, 0 to 1
    bool share_is_of_all = false; // false: there may be more history than is planned so far
    bool done = false;
    std::uint64_t rows = 0; // read
    double rows_per_second = 0;
    std::uint64_t requests = 0;
    double pace = 0; // requests per second of its account; 0: not known
    std::optional<std::chrono::milliseconds> left;
    std::string day;  // being read, "2026-03-14"; "" where none is
    std::string note; // "set aside: 403"; "" where there is none
};

// Fits `width` places where that is 20 or more: what matters least is left out, then the bar
// shrinks. `name_width`: the longest name, so that the columns of several lists stand below one
// another.
std::string live_line(const list_progress& of, std::size_t name_width, std::size_t width);

// A whole sentence: "calls: 41.2 %, 123,456 rows (1,204/s), 1,301 requests at 4.9/s, at 2026-03-14,
// 12 m left".
std::string plain_line(const list_progress& of);

// Tells rates and the time left from what is seen over time. Counters that begin again at nothing,
// as they do where a session was lost, go on from where they were.
class progress_meter {
public:
    // `accounts` may change from one call to the next; lists are known by account, resource and
    // scope.
    void sample(steady_time now, const std::vector<const engine::account_view*>& accounts);

    // In the order in which they were first seen. The account's name is shown where there are
    // several.
    std::vector<list_progress> lines() const;

    struct totals {
        std::string account, resource, scope;
        std::uint64_t read = 0, inserted = 0, changed = 0, unchanged = 0, deleted = 0, rejected = 0;
        std::uint64_t misfits = 0, requests = 0;
        engine::list_view last; // as it was seen last
    };
    // The same lists, over the whole time.
    std::vector<totals> sums() const;

private:
    struct moment {
        steady_time at;
        double value;
    };
    struct known_list {
        std::string account;
        double pace = 0;
        engine::list_view last;
        engine::list_view before;  // sums of the lives of the counters that have ended
        std::deque<moment> rows;   // of the last seconds
        std::deque<moment> shares; // of the last minute, since more came to light to be read
    };
    static void remember(std::deque<moment>& in, moment what, steady_time window);
    // 0 where fewer than `least` have been seen.
    static double gain_per_second(const std::deque<moment>& of, steady_time least);
    known_list& find(const std::string& account, const engine::list_view& list);

    std::vector<known_list> lists_;
};

} // namespace callmirror::daemon

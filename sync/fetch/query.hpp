// Request targets, and what has to be found out about a list before its pages mean anything.
// Pure; not thread-safe.
#pragma once

#include "sync/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace callmirror::fetch {

// Replaces {name} in a path by its percent-encoded value. A name without a value stays.
std::string fill_path(std::string_view path,
                      const std::vector<std::pair<std::string, std::string>>& values);

struct list_query {
    std::string path;
    std::optional<int> page; // as the server counts
    std::optional<int> limit;
    std::optional<utc_time> start;
    std::optional<utc_time> end;
};
// "/v2/calls?page=1&limit=100&start=2026-11-20T00:00:00.000Z". Nothing but what is set is sent: the
// server answers a parameter that it does not know with 400.
std::string target_of(const list_query& query);

// Finds out whether a list counts pages from 0 or 1, and which limit it takes. Asks page 0 and page
// 1 of the whole list with one limit; where both are answered with 400, with the next: 50, 20,
// none. Where both show the same, page 2 tells whether the page parameter means anything at all:
// without it, page 0 of a server that begins to heed it later would never be read. Where only page
// 0 is refused it is asked for some times more: a server's stray 400 looks the same.
class manner_probe {
public:
    struct ask {
        std::optional<int> page;
        std::optional<int> limit;
    };
    struct found {
        std::optional<int> first_page; // none: the list is empty, so there is no telling
        int limit;                     // 0: ask for none
        // One look proves it. False where records that come between two requests, or a stray 400,
        // may have made it look so: believed when two looks in a row agree.
        bool sure = true;
        bool shows = true; // false: that pages count from 1 is told by an empty page alone
    };
    struct refused {}; // every form was answered with 400
    using step = std::variant<ask, found, refused>;

    // `limit`: the one to try first; 0: none.
    manner_probe(bool takes_page, bool takes_limit, int limit);

    step next() const;
    // The answer to the last ask: 400, or 200 with the keys of its records.
    void bad_request();
    void page(std::vector<std::string> keys);

private:
    bool mostly_same(const std::vector<std::string>& page) const; // as page 0

    bool takes_page_;
    std::vector<int> limits_; // still to be tried, the present one first
    int page_ = 0;
    int refusals_of_0_ = 0;
    std::optional<std::vector<std::string>> page_0_; // where it was not refused
    std::optional<std::vector<std::string>> page_1_without_0_;
    std::optional<step> result_;
};

} // namespace callmirror::fetch

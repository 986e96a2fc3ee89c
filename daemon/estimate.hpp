// How much a list seems to hold, judged by a few of its pages. Pure but for the asking.
#pragma once

#include "daemon/api_probe.hpp"

#include <cstdint>
#include <string>

namespace callmirror::daemon {

struct list_estimate {
    std::string list;
    std::uint64_t rows = 0;     // the list seems to have
    std::uint64_t mirrored = 0; // of them, already
    int page = 100;             // records a request brings
    int to_begin = 2;           // requests beside those for the pages, of what was never read
    std::string how_sure;       // "the server's own total, checked at its last page"
    std::string problem;        // why it can't be told; "" where it can
    bool aside = false;         // this key may not read it
    bool refused = false;       // the key itself was: nothing more may be asked
    bool unreachable = false;
};

// Requests that the missing rows take: a twentieth more than the pages, and those to begin with.
std::uint64_t requests_for(const list_estimate& of);

// A resource without list takes a request for each record of the one that its keys come from.
// `lists` has an estimate for each list of that one, or none.
list_estimate estimate_by_key(const providers::resource& resource,
                              const std::vector<list_estimate>& lists);

// Looks for the list's last page within `range`, as a read would: two to four requests where the
// server tells an honest total, about twice the logarithm of the pages where not.
engine::awaitable<list_estimate> estimate_list(list_probe& of, plan::time_range range);

// The table of --plan with its sums. `pace`: requests per second.
std::string plan_text(const std::string& account, const std::vector<list_estimate>& lists,
                      double pace, std::uint64_t asked);

} // namespace callmirror::daemon

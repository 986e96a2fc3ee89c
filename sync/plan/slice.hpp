// A slice: a stretch of a resource's time axis that is read whole or counts as not read. A resource
// without time axis, a snapshot, is one slice.
#pragma once

#include "sync/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::plan {

using slice_id = std::int64_t; // unique within its account, never used again

struct slice {
    slice_id id = 0;
    std::string resource;
    std::string scope;               // the company's id, or ""
    utc_time begins = start_of_time; // inclusive
    utc_time ends = end_of_time;     // exclusive; end_of_time: the head, or a snapshot
    std::optional<utc_time> read_at; // the last complete read; none: never read
    utc_time due_at = start_of_time; // when it is to be read next
    std::int64_t records = 0;        // in its digest after the last complete read
    std::int32_t pages = 0;
    std::int32_t reads = 0;    // complete ones
    std::int32_t failures = 0; // in a row since
    // Of a whole list: when a read last found it changed, or the first read.
    std::optional<utc_time> changed_at{};
    bool operator==(const slice&) const = default;

    // All of a list without time axis.
    bool is_whole() const { return begins == start_of_time && ends == end_of_time; }
    bool is_open() const { return ends == end_of_time && !is_whole(); } // the head
    std::chrono::milliseconds width() const { return ends - begins; }   // of one with both ends
};

// What a decision changes in the row of slices. Committed in one transaction with what led to it.
struct slice_changes {
    std::vector<slice> put;                                   // inserted, or replaced by id
    std::vector<slice_id> gone;                               // removed
    std::vector<std::pair<slice_id, slice_id>> moved_digests; // first's digest is added to second's

    bool empty() const { return put.empty() && gone.empty() && moved_digests.empty(); }
};

} // namespace callmirror::plan

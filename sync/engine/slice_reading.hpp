// One read of one slice while it is under way: its pages, pass after pass, and what they come to.
// For slice_reader.cpp, which begins and ends it. One io thread.
#pragma once

#include "sync/engine/requests.hpp"
#include "sync/engine/slice_sink.hpp"
#include "sync/fetch/paginator.hpp"

#include <set>

namespace callmirror::engine {

// From the first request to the commit.
struct reading {
    session_context& context;
    list& of;
    plan::slice slice;
    plan::work kind;
    slice_sink sink;
    bool compares = true;                    // what the digest knows with the rows
    std::size_t before = 0;                  // keys in the digest
    std::size_t pieces = 0;                  // that the digest is kept in
    std::vector<std::int64_t> not_durable{}; // of them: written by this read, on no disk for sure
    std::vector<write::suspect_row> suspects;
    std::int32_t largest_page = 0;  // of this list
    std::set<int> pages_as_large{}; // their numbers
    steady_time begun = context.time.now();
};

// "2026-11-01T00:00:00Z/2026-11-02T00:00:00Z", for messages; "" where it is all of a list.
std::string where(const plan::slice& slice);

// Waits for the list's turn to write, and moves the rows that are to be written into the unit.
awaitable<void> take_turn_with_rows(reading& read, write::commit_unit& unit);

// Where timeline::wants_proof() of the slice, which has about `pages` pages: asks for records
// within a day of it. It may be that the day has none: of a head, the same is asked an hour later
// again.
awaitable<void> learn_filters(reading& read, int pages);

// What one pass over the listing came to.
struct pass_result {
    int pages = 0;
    std::string drift; // why another pass is needed; "" where this one is good
    std::optional<problem> failed;
    bool too_many_pages = false; // and the slice could be narrower
};

// Gets the pages as the paginator says, and hands them to the sink; commits rows on the way.
awaitable<pass_result> run_pass(reading& read);

} // namespace callmirror::engine

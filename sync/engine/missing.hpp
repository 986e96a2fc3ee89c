// Judges the keys that a complete read of a slice has not shown: they moved, they are asked for one
// by one, or they wait for a second read. It marks nothing deleted: only proof does.
#pragma once

#include "sync/engine/context.hpp"
#include "sync/engine/slice_sink.hpp"

namespace callmirror::engine {

using missing_keys = std::vector<slice_sink::missing_key>;

struct missing_decision {
    plan::digest kept;                // stay in the slice's digest
    std::optional<utc_time> again_at; // the slice is to be read again then
    std::size_t held = 0;             // wait for a word
    bool is_sure = true;              // false: some may have moved to where is being read just now
};

// Adds suspects to the unit, and to the list what a second read agrees to. `before`: how many keys
// the slice had. `suspects`: those of the slice before it was read.
awaitable<missing_decision> judge_missing(session_context& context, list& of,
                                          const plan::slice& slice, std::size_t before,
                                          missing_keys missing,
                                          const std::vector<write::suspect_row>& suspects,
                                          write::commit_unit& unit);

// Whether a slice that holds one of these times knows the key: a record's own times, whichever the
// list goes by. False where there is no telling yet.
awaitable<bool> is_known_at(session_context& context, list& of, const std::string& key,
                            const std::vector<utc_time>& times);

} // namespace callmirror::engine

// Reads one slice from the API, page after page, and commits what came of it. This is the flow:
// plan says which slice, pages are fetched in order and decoded, changed rows are written, and the
// slice counts as read only with the commit that holds its last row.
//
// All of them throw write::database_lost, write::lease_lost and key_refused: the session ends then.
#pragma once

#include "sync/engine/context.hpp"

namespace callmirror::engine {

// A slice that timeline.next() gave out. Gives it back in the end.
awaitable<void> read_history(session_context& context, list& of, plan::slice slice,
                             plan::work kind);

// The newest stretch, from the head's beginning on. False where it came to nothing.
awaitable<bool> read_head(session_context& context, list& of);

} // namespace callmirror::engine

// Carries out deletions that were not asked for one by one: a second complete read agrees, or an
// operator does. Not before every other slice of the list has been looked at: what one of them
// shows by now has moved, and stands.
#pragma once

#include "sync/engine/context.hpp"

#include <string>
#include <vector>

namespace callmirror::engine {

// Marks these keys of a slice deleted, and forgets them, but for those that are known elsewhere.
// Waits until the slice is read no more, and keeps it from being read meanwhile; not to be called
// from within a read. False where the engine is stopping.
awaitable<bool> carry_out_deletions(session_context& context, list& of, plan::slice_id slice,
                                    std::vector<std::string> keys);

// Counts for the view those of the list that wait for a word, whichever session has held them.
awaitable<void> count_held_deletions(session_context& context, list& of);

} // namespace callmirror::engine

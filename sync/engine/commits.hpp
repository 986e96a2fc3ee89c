// Builds and runs the transactions of an account's session.
#pragma once

#include "sync/engine/context.hpp"

namespace callmirror::engine {

write::commit_unit new_unit(const session_context& context, const list& of);
void add_changes(write::commit_unit& unit, const plan::slice_changes& changes);

// Rows of one list are committed one after the other: wait for the turn, decide what is written,
// and end the turn when commit() has returned. What throws in between ends the session.
awaitable<void> take_turn(session_context& context, list& of);
void end_turn(session_context& context, list& of);

// Runs it, and counts its outcome in the view. Throws write::database_lost or lease_lost.
awaitable<write::commit_outcome> commit(session_context& context, list& of,
                                        write::commit_unit& unit);

// Shows what callmirror.rejected holds: a person may have cleared it.
awaitable<void> count_rejected(session_context& context);

awaitable<plan::digest> load_digest(session_context& context, plan::slice_id slice,
                                    std::size_t* pieces = nullptr);

} // namespace callmirror::engine

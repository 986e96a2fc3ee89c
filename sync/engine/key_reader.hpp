// Reads a resource that has no list: each record is asked for by its key, and the keys are what a
// column of another mirrored table holds. When each is asked for next stands in
// callmirror.suspects, so that a restart asks nothing twice.
#pragma once

#include "sync/engine/context.hpp"

namespace callmirror::engine {

// The list's one slice, which timeline.next() gave out: asks for some of the records whose time has
// come. The slice counts as read when none is left. Gives it back in the end. Throws as
// slice_reader's do.
awaitable<void> read_by_key(session_context& context, list& of, plan::slice slice);

} // namespace callmirror::engine

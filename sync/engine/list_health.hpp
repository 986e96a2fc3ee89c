// What reading a list came to, as it is remembered and said: once when it begins to fail, once when
// it is over.
#pragma once

#include "sync/engine/requests.hpp"

namespace callmirror::engine {

// A list that this key may not read is left alone for an hour; whatever else went wrong is counted.
// `begun`: the read.
void note_failure(session_context& context, list& of, const problem& why, steady_time begun);
void note_success(session_context& context, list& of, plan::slice_id read);

// It is being left alone. A time further off than that is what a clock that was ahead has left.
bool is_aside(const session_context& context, const list& of);

// Nothing has been heard of the API since `begun`: it is out of reach as a whole.
bool is_outage(const session_context& context, const problem& why, steady_time begun);

} // namespace callmirror::engine

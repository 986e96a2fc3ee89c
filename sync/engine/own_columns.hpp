// The operator's own columns, for rows that were there before them: filled from `raw` by the
// decoder's code, some thousand rows a transaction, while everything else goes on. What is written
// meanwhile has them already.
#pragma once

#include "sync/engine/context.hpp"
#include "sync/providers/catalog.hpp"

#include <vector>

namespace callmirror::engine {

// What is to be filled. Has to be called before the session writes any row: only then does a column
// that another configuration has left out meanwhile not keep gaps.
awaitable<std::vector<write::unfilled_columns>>
settle_columns(session_context& context, const std::vector<providers::own_column>& own);

// Fills them, which have to live until it has ended. False where the session stops before that; the
// next one goes on from there.
awaitable<bool> fill_columns(session_context& context,
                             std::vector<write::unfilled_columns>& unfilled);

} // namespace callmirror::engine

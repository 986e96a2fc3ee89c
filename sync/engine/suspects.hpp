// Asks for the records that a complete read has missed, one by one: only the API's own word that a
// record is gone marks it deleted.
#pragma once

#include "sync/engine/context.hpp"

#include <memory>
#include <vector>

namespace callmirror::engine {

// Asks for some suspects whose time has come. False where there are none.
awaitable<bool> ask_suspects(session_context& context, list& of);

} // namespace callmirror::engine

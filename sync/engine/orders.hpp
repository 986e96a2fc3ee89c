// What operators ask for by command while this process holds the account.
#pragma once

#include "sync/engine/context.hpp"

#include <memory>
#include <vector>

namespace callmirror::engine {

// Carries out each order and marks it done, in one transaction for each list and order.
awaitable<void> carry_out(session_context& context, std::vector<std::unique_ptr<list>>& lists,
                          const std::vector<write::order_row>& orders);

} // namespace callmirror::engine

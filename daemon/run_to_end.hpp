// Drives an io_context until one coroutine, and all that it started, has ended.
#pragma once

#include "daemon/exit_status.hpp"
#include "sync/engine/ports.hpp"

#include <boost/asio/io_context.hpp>

namespace callmirror::daemon {

// On the calling thread. Where the coroutine throws, the process ends with what it says: it may
// only throw for a fault of ours.
exit_status run_to_end(boost::asio::io_context& io, engine::awaitable<exit_status> work);

} // namespace callmirror::daemon

// Runs a blocking call beside the io thread.
#pragma once

#include "sync/engine/ports.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>

namespace callmirror::daemon {

// Runs `work` on a thread of its own, and resumes on the executor when it has returned; throws what
// it threw. `work` has to live until then: name it first. The io_context may not end before, short
// of ending the process.
engine::awaitable<void> on_thread(const boost::asio::any_io_executor& executor,
                                  const std::function<void()>& work);

} // namespace callmirror::daemon

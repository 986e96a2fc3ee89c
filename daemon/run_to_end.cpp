#include "daemon/run_to_end.hpp"

#include "daemon/stop_signals.hpp"

#include <boost/asio/co_spawn.hpp>

#include <cstdio>
#include <exception>
#include <utility>

namespace callmirror::daemon {
namespace {

// Coroutines are still waiting then, for objects that are about to go: no destructor may run.
[[noreturn]] void give_up(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& what) {
        std::fprintf(stderr, "callmirror: internal error: %s\n", what.what());
    } catch (...) {
        std::fputs("callmirror: internal error\n", stderr);
    }
    leave_at_once(code(exit_status::in_part));
}

} // namespace

exit_status run_to_end(boost::asio::io_context& io, engine::awaitable<exit_status> work) {
    auto result = exit_status::in_part;
    boost::asio::co_spawn(io, std::move(work),
                          [&](const std::exception_ptr& error, exit_status status) {
                              if (error) {
                                  give_up(error);
                              }
                              result = status;
                          });
    io.run();
    return result;
}

} // namespace callmirror::daemon

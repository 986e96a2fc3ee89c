#include "daemon/stop_signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace callmirror::daemon {

struct stop_signals::implementation {
    boost::asio::signal_set signals;
    boost::asio::steady_timer limit;
    signal_handlers handlers;
    bool stopping = false;
    bool finished = false; // a timer's handler may be on its way

    void listen() {
        signals.async_wait([this](const boost::system::error_code& error, int number) {
            if (!error) {
                took(number);
            }
        });
    }
    void after(std::chrono::milliseconds time, std::function<void()> work) {
        limit.expires_after(time);
        limit.async_wait([this, work = std::move(work)](const boost::system::error_code& error) {
            if (!error && !finished) {
                work();
            }
        });
    }
    void took(int number) {
        listen();
        if (number == SIGHUP && handlers.reload) {
            if (!stopping) {
                handlers.reload();
            }
            return;
        }
        if (stopping) {
            handlers.end_at_once("a second signal");
            return;
        }
        stopping = true;
        handlers.stop();
        after(vain_stop, [this] {
            if (handlers.waits_in_vain()) {
                handlers.end_at_once("the database does not answer");
            }
            after(longest_stop - vain_stop,
                  [this] { handlers.end_at_once("what was in hand took longer than 9 s"); });
        });
    }
};

stop_signals::stop_signals(boost::asio::any_io_executor executor, signal_handlers handlers)
    : implementation_(
          new implementation{.signals = boost::asio::signal_set(executor, SIGTERM, SIGINT, SIGHUP),
                             .limit = boost::asio::steady_timer(executor),
                             .handlers = std::move(handlers)}) {
    std::signal(SIGPIPE, SIG_IGN);
    implementation_->listen();
}

stop_signals::~stop_signals() = default;

void stop_signals::done() {
    implementation_->finished = true;
    implementation_->signals.cancel();
    implementation_->limit.cancel();
}

void leave_at_once(int status) {
    std::fflush(stdout);
    ::_exit(status);
}

} // namespace callmirror::daemon

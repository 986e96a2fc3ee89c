// The running daemon's HTTP face: the listener, and the rules it goes by, as configured. The io
// thread's; must be stopped and joined before it goes.
#pragma once

#include "daemon/listener.hpp"

namespace callmirror::daemon {

class web_face {
public:
    // `look` is called for each request that needs it, while it listens.
    web_face(boost::asio::any_io_executor executor, engine::clock& time,
             std::function<web_view()> look, engine::report say);

    // Goes by these settings from now on, and says where it listens when that is new. "" where that
    // went well, else what is wrong and what to do, and everything is as it was.
    std::string configure(const config::http_settings& settings);

    void stop() { listener_.stop(); }
    engine::awaitable<void> join() { return listener_.join(); }

private:
    engine::report say_;
    web_rules rules_{};
    listener listener_;
};

} // namespace callmirror::daemon

// What the daemon's HTTP server answers to what: pure, without a socket.
//
// There is no password, so a browser must not be talked into reading it for somebody else: unless
// other machines are allowed anyway, the Host has to be one that only this machine answers to (a
// page whose name was pointed to 127.0.0.1 sends its own name).
#pragma once

#include "daemon/web_view.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace callmirror::daemon {

struct web_request {
    std::string_view method{};
    std::string_view target{};              // "/metrics?x=y"
    std::optional<std::string_view> host{}; // none: no such header, or several
};

struct web_rules {
    std::string listen_host; // an address, without brackets
    bool allow_remote = false;
};

struct web_answer {
    int status = 200;
    std::string_view type{}; // of the body
    std::string body{};      // for HEAD as well: its length is told, and it is not sent
};

// `look` is called only where the answer needs it.
web_answer answer_to(const web_request& request, const web_rules& rules,
                     const std::function<web_view()>& look);

// A text answer for what is wrong with a request.
web_answer refusal(int status, std::string_view why);

// Whether a Host header names this server; its port does not matter.
bool host_is_ours(std::string_view host, const web_rules& rules);

} // namespace callmirror::daemon

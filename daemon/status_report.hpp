// What `status` says, as text and as JSON. Pure.
#pragma once

#include "config/settings.hpp"
#include "daemon/mirror_state.hpp"

#include <string>
#include <vector>

namespace callmirror::daemon {

struct status_input {
    std::vector<account_state> accounts; // those of the configuration, in its order
    std::vector<std::string> strangers;  // that the database knows and the configuration does not
    std::vector<config::account_settings> settings; // of `accounts`, in the same order
    std::chrono::milliseconds poll_interval;
    utc_time now;
};

// What a person has to look at, a line each; empty where all is well.
std::vector<std::string> attention(const status_input& input);

struct terminal {
    bool colours = false;
    std::size_t width = 0; // columns; 0: as wide as it likes
};
std::string status_text(const status_input& input, const terminal& to = {});

// {"now", "attention": [..], "accounts": [{"name", "state", "reason", "holder",
//  "requests_per_second", "no_request_before", "companies", "lists": [{...}]}],
//  "not_configured": [..]}; times are RFC 3339 or null, ages in seconds.
std::string status_json(const status_input& input);

} // namespace callmirror::daemon

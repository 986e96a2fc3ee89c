// How the accounts are, in one line: systemd's STATUS.
#pragma once

#include "sync/engine/view.hpp"

#include <string>
#include <vector>

namespace callmirror::daemon {

// "acme: fresh to 12 s; history 83 %". Several accounts: "3 accounts: 2 mirroring, 1 key refused;
// fresh to 12 s; history 83 %", the worst of them.
std::string status_line(const std::vector<const engine::account_view*>& accounts, utc_time now);

} // namespace callmirror::daemon

// The policy that lets a browser apply the status page's own style and script, and nothing else.
#pragma once

#include <string>

namespace callmirror::daemon {

// The Content-Security-Policy: style and script by their hashes, and asking this server again.
const std::string& page_policy();

} // namespace callmirror::daemon

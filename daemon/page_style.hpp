// How the status page looks, and the policy that lets a browser apply just that.
#pragma once

#include <string>
#include <string_view>

namespace callmirror::daemon {

std::string_view page_style(); // CSS

// The Content-Security-Policy: the page's own style by its hash, nothing else from anywhere.
const std::string& page_policy();

} // namespace callmirror::daemon

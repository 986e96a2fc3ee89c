// Text made fit for HTML. Pure.
#pragma once

#include <string>
#include <string_view>

namespace callmirror::daemon {

// Text as it may stand in HTML, in an attribute's double quotes as well.
std::string escaped(std::string_view text);

// Text from elsewhere: control characters named, cut where it is long, and escaped.
std::string shown(std::string_view text);

// The same of a sentence of ours that may hold text from elsewhere: what stands between backquotes
// becomes <code>.
std::string sentence(std::string_view text);

// "<p class="look">html</p>"; without class where `look` is "".
std::string paragraph(std::string_view look, const std::string& html);

} // namespace callmirror::daemon

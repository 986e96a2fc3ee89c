#include "daemon/findings.hpp"

#include "daemon/text_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace callmirror::daemon {
namespace {

constexpr std::size_t about_width = 22;

std::string indented(std::string text, const std::string& by) {
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
        text.insert(at + 1, by);
    }
    return text;
}

void print(const std::string& line) {
    std::fputs(line.c_str(), stdout);
    std::fflush(stdout); // what comes next may take its time
}

} // namespace

std::string finding_line(finding how, const std::string& about, const std::string& text,
                         const std::string& hint) {
    static constexpr std::array<const char*, 3> words{"ok    ", "warn  ", "FAIL  "};
    const std::string margin(6 + about_width + 2, ' ');
    std::string line = words.at(static_cast<std::size_t>(how)) + about +
                       std::string(about_width - std::min(about_width, display_width(about)), ' ') +
                       "  " + indented(text, margin) + '\n';
    return hint.empty() ? line : line + margin + "-> " + indented(hint, margin + "   ") + '\n';
}

void findings::ok(const std::string& about, const std::string& text) {
    print(finding_line(finding::ok, about, text));
}

void findings::warn(const std::string& about, const std::string& text, const std::string& hint) {
    ++warnings_;
    print(finding_line(finding::warn, about, text, hint));
}

void findings::fail(exit_status how, const std::string& about, const std::string& text,
                    const std::string& hint) {
    ++failures_;
    status_ = worst(status_, how);
    print(finding_line(finding::fail, about, text, hint));
}

std::string findings::conclusion() const {
    if (warnings_ + failures_ == 0) {
        return "all is well";
    }
    const auto warnings = counted(static_cast<std::uint64_t>(warnings_), "warning");
    if (failures_ == 0) {
        return "it can be used; " + warnings;
    }
    const auto failures = counted(static_cast<std::uint64_t>(failures_), "failure");
    return warnings_ == 0 ? failures : failures + ", " + warnings;
}

} // namespace callmirror::daemon

// Whether the mirror can be trusted, in plain words, and what a person can do where it can't: what
// the status page says first. Pure.
#pragma once

#include "daemon/web_view.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace callmirror::daemon {

// From good to bad: `idle` is neither, as another process has the account, or it has just begun.
enum class trust : std::uint8_t { good, idle, care, bad };

// What keeps something from being trusted. Plain text; words between backquotes are commands.
struct concern {
    trust how = trust::care;
    std::string account{};
    std::string list{}; // "" where it is the whole account's
    std::string what{};
    std::string to_do{};
};

std::vector<concern> concerns_of(const engine::account_view& account, const web_view& view);

struct judgement {
    trust how = trust::good;
    std::string headline{}; // "The mirror can be trusted."
    std::string detail{};
    std::vector<concern> concerns{}; // the worst first
};
judgement judge(const web_view& view);

} // namespace callmirror::daemon

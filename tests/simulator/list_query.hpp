// What a list's query parameters ask for, judged as a strict validator does. Pure.
#pragma once

#include "tests/simulator/manners.hpp"
#include "tests/simulator/message.hpp"
#include "tests/simulator/selection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace callmirror::simulator {

struct list_query {
    selection_request what;  // the company is the caller's to fill in
    std::int64_t offset = 0; // of the page, in records before hiding; at least 0
    std::int64_t limit = 0;  // at least 1
    std::int64_t page = 0;   // as asked for, or the first
    bool nothing = false;    // a page 0 that this server answers with no record
    bool paged = true;       // false: the whole list is the answer
};

struct refusal {
    int status; // 400, or 501 for a filter that the simulator doesn't carry out
    std::string message;
};

std::variant<list_query, refusal>
judge(const endpoint& to, const std::vector<std::pair<std::string, std::string>>& parameters,
      const manners& manners);

// How many of the parameters the path does not document.
std::size_t undocumented(const endpoint& to,
                         const std::vector<std::pair<std::string, std::string>>& parameters);

} // namespace callmirror::simulator

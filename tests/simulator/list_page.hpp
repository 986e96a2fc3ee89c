// One page of a list as an answer: the records, in the envelope and with the totals that the
// manners say. Pure.
#pragma once

#include "tests/simulator/list_query.hpp"
#include "tests/simulator/manners.hpp"
#include "tests/simulator/message.hpp"
#include "tests/simulator/selection.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace callmirror::simulator {

struct list_page {
    std::vector<ordinal> records;
    std::size_t total = 0; // of the whole list, with those that are hidden after paging
    bool more = false;
};

// Cuts the page out of what was selected.
list_page page_of(const selection& from, const list_query& query, const manners& manners);

// The page's body and headers, not compressed. `total` is what the totals shall say; `path` is for
// the Link header.
response render(const world& from, const list_page& page, const list_query& query,
                const manners& manners, const record_style& style, std::size_t total,
                const std::string& path);

} // namespace callmirror::simulator

// Mass deletions that wait for a word.
#pragma once

#include "sync/postgres/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::daemon {

struct held_slice {
    std::string account, resource, scope;
    std::uint64_t held = 0;
    std::uint64_t records = 0; // that the slice has left
    utc_time since;
    std::optional<utc_time> begins, ends;
    std::string examples; // keys, "{1,2,3}"
};

// Of one account. `resources`: these only; empty: all.
std::vector<held_slice> read_held(postgres::transaction& within, const std::string& account,
                                  const std::vector<std::string>& resources);

// A table, or a line that says that nothing waits. Pure.
std::string held_text(const std::vector<held_slice>& all, utc_time now);

std::uint64_t sum_of(const std::vector<held_slice>& all);

} // namespace callmirror::daemon

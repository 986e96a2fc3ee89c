// The parts of a commit beside its rows: slices, digests, suspects, listings, the account, orders,
// rejected records. Each is one statement for all of its rows, and none where it is empty.
#pragma once

#include "sync/postgres/session.hpp"
#include "sync/write/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace callmirror::write {

std::string_view name_of(suspect_state state);
// Throws std::runtime_error for a name that is none.
suspect_state suspect_state_named(std::string_view name);

// Throws lease_lost where it is not held. The transaction's time, as text: what the fence's row
// says.
std::string pass_fence(postgres::transaction& within, const lease& held);

// Writes them all. `now`: the transaction's own time, as SQL text. How many of the rejected records
// are new.
std::uint64_t write_parts(postgres::transaction& within, const commit_unit& unit,
                          const std::string& now);

// `key`: where the record has one. False where it is there already.
bool put_rejected(postgres::transaction& within, const std::string& account,
                  const rejected_row& rejected, const std::optional<std::string>& key,
                  const std::string& now);

} // namespace callmirror::write

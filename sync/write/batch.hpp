// The order in which a batch is written, and its lines on their way to COPY. Pure.
#pragma once

#include "sync/write/store.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::write {

// Index into row_batch::rows.
using row_index = std::uint32_t;

struct ordered_batch {
    std::vector<row_index> rows;   // by key, ascending; each key once, its last row
    std::vector<row_index> misfit; // keys that the table's type can't hold
};

// `number_keys`: the keys are bigint, and sort as numbers.
ordered_batch order_rows(const row_batch& batch, bool number_keys);

// The keys of `rows` as an array literal.
std::string key_array(const row_batch& batch, std::span<const row_index> rows, bool number_keys);

// Gives out the lines of `rows` in pieces, an empty one at the end. Views live until the next call.
std::function<std::string_view()> line_pieces(const row_batch& batch,
                                              std::span<const row_index> rows);

// The last field of a COPY line, unescaped: the record's own text.
std::string raw_of_line(std::string_view line);

// `text` as COPY's text format has it.
std::string escape_for_copy(std::string_view text);

} // namespace callmirror::write

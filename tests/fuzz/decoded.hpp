// What has to hold for whatever decode makes of a body.
#pragma once

#include "sync/decode/decoder.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string_view>

namespace callmirror::fuzz {

// One of eight that differ in their keys, columns and credentials.
const providers::resource& choose_resource(input& from);

// A page or a reason, never both; one COPY line a record, with the right fields, each of its type;
// all of it text that PostgreSQL takes and a terminal survives.
void require_sound(const decode::decoder::result& result, const providers::resource& resource);

// All but the records' shapes, which depend on the catalog.
void require_same(const decode::decoder::result& one, const decode::decoder::result& other);

// The records as they were mirrored, `raw` joined to a list, decode to the same rows. Only where
// nothing is taken out of them, since a hash would be hashed again.
void require_lasting(const decode::decoded_page& page, const providers::resource& resource);

void require_bounded(const decode::field_catalog& fields);

} // namespace callmirror::fuzz

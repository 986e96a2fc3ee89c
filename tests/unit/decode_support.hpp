// A resource with a column of each type, and what the tests of decode share.
#pragma once

#include "sync/decode/decoder.hpp"
#include "sync/providers/provider.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// Named odd_things; key /id; columns t text, n bigint, d double precision, b boolean, w
// timestamptz, j jsonb, each under its own name and then under /alt/<name>, and list text under
// /list/1/x.
const providers::resource& things();         // key bigint
const providers::resource& things_by_text(); // key text

decoded_page page_of(std::string_view body, const providers::resource& resource = things());
// Why it is no page; "" where it is one.
std::string error_of(std::string_view body, const providers::resource& resource = things());

// The fields of a line as COPY reads them; nullopt for \N.
using fields = std::vector<std::optional<std::string>>;
fields fields_of(std::string_view line);

// The column `name` of the one record {"id":1,`members`}; "<null>" where it is null.
std::string column_of(std::string_view name, std::string_view members);
// How many misfits that record has.
std::uint64_t misfits_of(std::string_view members);

} // namespace callmirror::decode

// Which companies an account has, where the configuration does not say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace callmirror::engine {

// The company ids named in the answer of the key's own user: company_id, company.id or
// companies[].id, at the top or one level deeper. Sorted, distinct; empty where there are none, or
// where `body` is not JSON. Pure.
std::vector<std::int64_t> companies_in(const std::string& body);

// False for what is no user at all: not a JSON object, or an error that was served as 200. Pure.
bool is_user(const std::string& body);

} // namespace callmirror::engine

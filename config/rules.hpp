// The keys of the configuration and the rule of each: what the file may say.
#pragma once

#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/section.hpp"
#include "config/settings.hpp"

#include <array>
#include <vector>

namespace callmirror::config {

// The settings of a document. Where mistakes are noted in `in`, they are not to be used.
settings read_settings(const table& document, context& in);

// The part of it that reads [[accounts]], and the keys it knows.
std::vector<account_settings> read_accounts(const table& document, context& in);

using account_rule_list = std::array<key_rule<account_settings>, 16>;
const account_rule_list& account_rules();

// The part that reads [[columns]].
std::vector<column_settings> read_columns(const table& document, context& in);

using column_rule_list = std::array<key_rule<column_settings>, 4>;
const column_rule_list& column_rules();

} // namespace callmirror::config

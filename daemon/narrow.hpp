// What --account and --resource leave of the configuration. Pure.
#pragma once

#include "daemon/setup.hpp"

#include <string>
#include <variant>
#include <vector>

namespace callmirror::daemon {

// The accounts in question with nothing but the resources in question, or a usage error: a name
// that is not there, or a resource that none of the accounts mirrors.
std::variant<std::vector<config::account_settings>, std::string>
narrow(const std::vector<config::account_settings>& configured,
       const std::vector<std::string>& accounts, const std::vector<std::string>& resources);

} // namespace callmirror::daemon

#include "daemon/narrow.hpp"

#include "config/values.hpp"
#include "sync/base/text.hpp"
#include "sync/providers/provider.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

using names = std::vector<std::string>;

bool contains(const names& all, std::string_view one) {
    return std::ranges::find(all, one) != all.end();
}

std::string unknown(const std::string& what, const std::string& name, const names& known) {
    const std::vector<std::string_view> views(known.begin(), known.end());
    std::string text = "there is no " + what + " \"" + printable(name, 60) + "\"; did you mean \"";
    return text + std::string(config::nearest(name, views)) + "\"?";
}

names resources_of(const config::account_settings& account) {
    if (!account.resources.empty()) {
        return account.resources;
    }
    names all;
    for (const auto& each : providers::find_platform(account.provider)->resources) {
        all.emplace_back(each.name);
    }
    return all;
}

} // namespace

std::variant<std::vector<config::account_settings>, std::string>
narrow(const std::vector<config::account_settings>& configured, const names& accounts,
       const names& resources) {
    names known_accounts;
    names known_resources;
    for (const auto& each : configured) {
        known_accounts.push_back(each.name);
        if (accounts.empty() || contains(accounts, each.name)) {
            const auto more = resources_of(each);
            known_resources.insert(known_resources.end(), more.begin(), more.end());
        }
    }
    for (const auto& each : accounts) {
        if (!contains(known_accounts, each)) {
            return unknown("account", each, known_accounts);
        }
    }
    for (const auto& each : resources) {
        if (!contains(known_resources, each)) {
            return unknown("resource", each, known_resources);
        }
    }
    std::vector<config::account_settings> left;
    for (auto each : configured) {
        if (!accounts.empty() && !contains(accounts, each.name)) {
            continue;
        }
        if (!resources.empty()) {
            each.resources = resources_of(each);
            std::erase_if(each.resources,
                          [&](const auto& name) { return !contains(resources, name); });
            if (each.resources.empty()) {
                continue;
            }
        }
        left.push_back(std::move(each));
    }
    return left;
}

} // namespace callmirror::daemon

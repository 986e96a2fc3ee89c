#include "daemon/narrowed_setup.hpp"

#include "config/load.hpp"
#include "daemon/narrow.hpp"

namespace callmirror::daemon {

std::variant<setup, setup_failure> load_narrowed_setup(const command_line& line) {
    auto loaded = load_setup(line.config, line.accounts);
    if (auto* wrong = std::get_if<std::string>(&loaded)) {
        return setup_failure{exit_status::configuration, std::move(*wrong)};
    }
    auto& all = std::get<setup>(loaded);
    auto left = narrow(all.settings.accounts, line.accounts, line.resources);
    if (const auto* wrong = std::get_if<std::string>(&left)) {
        return setup_failure{exit_status::usage, "callmirror: " + *wrong + '\n'};
    }
    std::vector<account_setup> accounts;
    for (const auto& settings : std::get<std::vector<config::account_settings>>(left)) {
        for (const auto& each : all.accounts) {
            if (each.settings.name == settings.name) {
                accounts.push_back({settings, each.key});
            }
        }
    }
    all.accounts = std::move(accounts);
    return std::move(all);
}

} // namespace callmirror::daemon

#include "daemon/run_command.hpp"

#include "daemon/daemon_process.hpp"

#include <cstdio>

namespace callmirror::daemon {

exit_status run_daemon(const std::string& config_path) {
    auto loaded = load_setup(config_path);
    if (const auto* wrong = std::get_if<std::string>(&loaded)) {
        std::fputs(wrong->c_str(), stderr);
        return exit_status::configuration;
    }
    daemon_process process(config_path, std::get<setup>(std::move(loaded)));
    return process.run();
}

} // namespace callmirror::daemon

#include "daemon/status_command.hpp"

#include "daemon/clock.hpp"
#include "daemon/database_command.hpp"
#include "daemon/sql.hpp"
#include "daemon/status_report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace callmirror::daemon {

namespace {

// https://no-color.org: any value but an empty one switches colours off.
terminal terminal_here() {
    if (::isatty(STDOUT_FILENO) != 1) {
        return {};
    }
    const auto is_set = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value != '\0';
    };
    const char* kind = std::getenv("TERM");
    const bool dumb = !kind || std::string_view(kind) == "dumb";
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return {.colours = !dumb && !is_set("NO_COLOR"), .width = known ? size.ws_col : 80U};
}

} // namespace

exit_status show_status(const std::string& config_path, bool as_json) {
    return with_database(config_path, [&](const database_setup& all, postgres::session& session) {
        status_input input{.accounts = {},
                           .strangers = {},
                           .settings = all.settings.accounts,
                           .poll_interval = all.settings.sync.poll_interval,
                           .now = utc_now()};
        session.in_transaction("look at the mirror", [&](postgres::transaction& within) {
            for (const auto& account : input.settings) {
                input.accounts.push_back(
                    read_state(within, {.account = account.name,
                                        .platform = providers::find_platform(account.provider),
                                        .range = {},
                                        .now = input.now,
                                        .newest_records = true}));
            }
            const auto known = within.run(sql::accounts.text);
            for (const auto& row : known) {
                const auto name = row[0].as<std::string>();
                if (std::ranges::find(input.settings, name, &config::account_settings::name) ==
                    input.settings.end()) {
                    input.strangers.push_back(name);
                }
            }
        });
        input.now = utc_now(); // what was read meanwhile was not read ahead of now
        const auto text = as_json ? status_json(input) : status_text(input, terminal_here());
        std::fputs(text.c_str(), stdout);
        return attention(input).empty() ? exit_status::done : exit_status::in_part;
    });
}

} // namespace callmirror::daemon

#include "daemon/daemon_process.hpp"
#include "daemon/status_line.hpp"
#include "daemon/text_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace callmirror::daemon {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

void daemon_process::reload(stretch* now) {
    reload_asked_ = false;
    if (is_ready_) { // before that, "ready" would end systemd's wait for the start
        systemd_.reloading();
    }
    auto loaded = load_setup(config_path_);
    try {
        if (const auto* wrong = std::get_if<std::string>(&loaded)) {
            throw std::invalid_argument(*wrong);
        }
        take_over(std::get<setup>(std::move(loaded)), now);
    } catch (const std::invalid_argument& error) { // a ca_file that can't be used as well
        say(engine::level::error,
            std::string("the configuration stays as it was: ") + error.what());
    }
    if (is_ready_) {
        systemd_.ready();
    }
}

// Throws std::invalid_argument, and changes nothing, where it can't be used.
void daemon_process::take_over(setup fresh, stretch* now) {
    const bool all_anew = !now || fresh.database_url != current_.database_url ||
                          fresh.settings.sync != current_.settings.sync ||
                          fresh.settings.columns != current_.settings.columns;
    fleet::changes done{.begun = fresh.accounts.size()};
    if (!now) {
        const stretch trial(*this); // connects to nothing
        trial.accounts.prove(fresh.accounts);
    } else if (all_anew) {
        now->accounts.prove(fresh.accounts);
    } else {
        done = now->accounts.set_accounts(fresh.accounts);
    }
    const auto wrong = web_.configure(fresh.settings.http);
    if (!wrong.empty()) {
        say(engine::level::error, wrong + ". [http] stays as it was");
        fresh.settings.http = current_.settings.http;
    }
    current_ = std::move(fresh);
    log_.configure(current_.settings.log);
    if (now) {
        now->database_changed = all_anew;
    }
    say(engine::level::info, "the configuration was read again: " + counted(done.begun, "account") +
                                 " begun anew, " + std::to_string(done.stopped) + " ended, " +
                                 std::to_string(done.kept) + " left as they are");
}

engine::awaitable<void> daemon_process::tend_systemd() {
    if (!systemd_.active()) {
        co_return;
    }
    const auto alive_every = watchdog_interval(
        environment("WATCHDOG_USEC"), environment("WATCHDOG_PID"), static_cast<long>(::getpid()));
    const auto pause = std::min(alive_every.value_or(looked_after_every), looked_after_every);
    do {
        if (alive_every) {
            systemd_.alive();
        }
        if (!is_ready_) { // the database may be away for as long as it likes
            systemd_.still_starting();
        }
        systemd_.status(at_work_    ? status_line(at_work_->accounts.views(), clock_.utc())
                        : is_ready_ ? "waiting for the changed database"
                                    : "waiting for the database");
    } while (co_await tasks_.sleep_until(clock_.now() + pause));
}

} // namespace callmirror::daemon

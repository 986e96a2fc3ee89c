// What the program tells while it runs: spdlog loggers that write to standard error, one line for
// each event. A logger named after an account puts that name in front. Nothing here ever sees a
// secret: secrets can't be formatted.
#pragma once

#include "config/settings.hpp"
#include "sync/engine/ports.hpp"

#include <spdlog/common.h>
#include <spdlog/logger.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace callmirror::daemon {

// text:    2026-11-20T10:00:00.000Z warning acme: calls: 503; tried again
// journal: <4>acme: calls: 503; tried again
// json:    {"time":"2026-11-20T10:00:00.000Z","level":"warning","account":"acme","message":"..."}
// Line breaks within become "; ", control characters \xnn. `account` may be "". Ends with a
// newline.
std::string log_line(config::log_format format, spdlog::level::level_enum level, utc_time time,
                     std::string_view account, std::string_view message);

// What `automatic` means here: journal where `journal_stream` (systemd's variable, "" where it is
// not set) names the file that `descriptor` is, text elsewhere. Others stay what they are.
config::log_format resolve_format(config::log_format format, const char* journal_stream,
                                  int descriptor);

class console_sink;

// Owns the loggers. The io thread's, but for the loggers, which any thread may use.
class log {
public:
    log();
    ~log();
    log(const log&) = delete;
    log& operator=(const log&) = delete;

    void configure(const config::log_settings& settings);

    spdlog::logger& main() { return *main_; }
    // For an account's engine; may outlive this object.
    engine::report report_for(const std::string& account);

    // Called around each line that is written, to move a live display out of its way.
    void surround(std::function<void()> before, std::function<void()> after);

private:
    std::shared_ptr<console_sink> sink_;
    std::shared_ptr<spdlog::logger> main_;
};

} // namespace callmirror::daemon

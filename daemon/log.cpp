#include "daemon/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/base_sink.h>

#include <array>
#include <cstdio>
#include <mutex>
#include <sys/stat.h>
#include <unistd.h>

namespace callmirror::daemon {
namespace {

using spdlog::level::level_enum;

std::string_view word_of(level_enum level) {
    switch (level) {
    case level_enum::trace:
        return "trace";
    case level_enum::debug:
        return "debug";
    case level_enum::info:
        return "info";
    case level_enum::warn:
        return "warning";
    case level_enum::err:
        return "error";
    case level_enum::critical:
        return "critical";
    case level_enum::off:
    case level_enum::n_levels:
        break;
    }
    return "info";
}

// syslog's: what systemd takes at the beginning of a line.
char priority_of(level_enum level) {
    switch (level) {
    case level_enum::critical:
        return '2';
    case level_enum::err:
        return '3';
    case level_enum::warn:
        return '4';
    case level_enum::trace:
    case level_enum::debug:
        return '7';
    case level_enum::info:
    case level_enum::off:
    case level_enum::n_levels:
        break;
    }
    return '6';
}

std::string one_line(std::string_view message) {
    static constexpr std::string_view digits = "0123456789abcdef";
    while (!message.empty() && message.back() == '\n') {
        message.remove_suffix(1);
    }
    std::string out;
    out.reserve(message.size());
    bool begins_line = false; // its indentation is of no use any more
    for (const char c : message) {
        const auto byte = static_cast<unsigned char>(c);
        if (begins_line && c == ' ') {
            continue;
        }
        begins_line = c == '\n';
        if (c == '\n') {
            out += "; ";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
        } else {
            out += c;
        }
    }
    return out;
}

std::string json_line(level_enum level, utc_time time, std::string_view account,
                      std::string_view message) {
    nlohmann::ordered_json line{{"time", format_utc(time)}, {"level", word_of(level)}};
    if (!account.empty()) {
        line["account"] = account;
    }
    line["message"] = message;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void nothing() {}

} // namespace

std::string log_line(config::log_format format, level_enum level, utc_time time,
                     std::string_view account, std::string_view message) {
    // The engine's own messages begin with the account's name here and there.
    if (!account.empty() && message.starts_with(std::string(account) + ": ")) {
        message.remove_prefix(account.size() + 2);
    }
    const auto text = one_line(message);
    if (format == config::log_format::json) {
        return json_line(level, time, account, text);
    }
    const auto named = account.empty() ? text : std::string(account) + ": " + text;
    if (format == config::log_format::journal) {
        return std::string{'<', priority_of(level), '>'} + named + '\n';
    }
    std::string word(word_of(level));
    word.resize(std::max<std::size_t>(word.size(), 7), ' ');
    return format_utc(time) + ' ' + word + ' ' + named + '\n';
}

config::log_format resolve_format(config::log_format format, const char* journal_stream,
                                  int descriptor) {
    if (format != config::log_format::automatic) {
        return format;
    }
    unsigned long device = 0;
    unsigned long inode = 0;
    struct stat file {};
    const bool named =
        journal_stream && std::sscanf(journal_stream, "%lu:%lu", &device, &inode) == 2;
    const bool same =
        named && ::fstat(descriptor, &file) == 0 && file.st_dev == device && file.st_ino == inode;
    return same ? config::log_format::journal : config::log_format::text;
}

class console_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    void set_line_format(config::log_format format) {
        const std::lock_guard lock(mutex_);
        format_ = format;
    }
    void surround(std::function<void()> before, std::function<void()> after) {
        const std::lock_guard lock(mutex_);
        before_ = std::move(before);
        after_ = std::move(after);
    }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        const auto line =
            log_line(format_, message.level, std::chrono::floor<utc_time::duration>(message.time),
                     {message.logger_name.data(), message.logger_name.size()},
                     {message.payload.data(), message.payload.size()});
        before_();
        // One call, so that two processes' lines don't mix; a reader that is gone is not our
        // trouble.
        std::fwrite(line.data(), 1, line.size(), stderr);
        std::fflush(stderr);
        after_();
    }
    void flush_() override {}

private:
    config::log_format format_ = config::log_format::text;
    std::function<void()> before_ = nothing;
    std::function<void()> after_ = nothing;
};

log::log()
    : sink_(std::make_shared<console_sink>())
    , main_(std::make_shared<spdlog::logger>("", sink_)) {
    configure({});
}

log::~log() {
    surround(nothing, nothing);
}

void log::configure(const config::log_settings& settings) {
    static constexpr std::array levels{level_enum::trace, level_enum::debug, level_enum::info,
                                       level_enum::warn, level_enum::err};
    sink_->set_line_format(
        resolve_format(settings.format, std::getenv("JOURNAL_STREAM"), STDERR_FILENO));
    sink_->set_level(levels.at(static_cast<std::size_t>(settings.level)));
    main_->set_level(level_enum::trace); // the sink decides: a reload reaches every logger so
}

engine::report log::report_for(const std::string& account) {
    auto logger = std::make_shared<spdlog::logger>(account, sink_);
    logger->set_level(level_enum::trace);
    return [logger](engine::level how, const std::string& text) {
        static constexpr std::array levels{level_enum::debug, level_enum::info, level_enum::warn,
                                           level_enum::err};
        logger->log(levels.at(static_cast<std::size_t>(how)), spdlog::string_view_t(text));
    };
}

void log::surround(std::function<void()> before, std::function<void()> after) {
    sink_->surround(std::move(before), std::move(after));
}

} // namespace callmirror::daemon

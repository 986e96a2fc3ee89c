// The command line: what was asked for, or what to print instead.
#pragma once

#include "sync/base/time.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace callmirror::daemon {

enum class command { run, backfill, check, status, fields, deletes_list, deletes_accept, migrate };
enum class progress_mode { automatic, plain, none };

struct command_line {
    command what = command::run;
    std::string config = "/etc/callmirror/callmirror.toml";
    std::vector<std::string> accounts;  // empty: all
    std::vector<std::string> resources; // empty: all
    std::optional<utc_time> from;       // inclusive
    std::optional<utc_time> to;         // exclusive; after `from`
    bool again = false;
    bool plan = false;
    bool json = false;
    bool print = false;
    progress_mode progress = progress_mode::automatic;
};

// Help, the version, or a mistake: printed, and then the program ends.
struct instead {
    int status = 0;  // 0 or 64
    std::string out; // for standard output
    std::string err; // for standard error
};

// Throws nothing but std::bad_alloc.
std::variant<command_line, instead> parse_command_line(int argc, const char* const* argv);

} // namespace callmirror::daemon

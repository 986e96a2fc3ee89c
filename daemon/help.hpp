// What --help says beside the options.
#pragma once

#include <string_view>

namespace callmirror::daemon {

struct help_text {
    std::string_view summary;
    std::string_view footer;
};

extern const help_text program_help;
extern const help_text run_help;
extern const help_text backfill_help;
extern const help_text check_help;
extern const help_text status_help;
extern const help_text fields_help;
extern const help_text deletes_help;
extern const help_text migrate_help;

} // namespace callmirror::daemon

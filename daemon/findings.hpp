// What `check` finds, a line each.
#pragma once

#include "daemon/exit_status.hpp"

#include <string>

namespace callmirror::daemon {

enum class finding { ok, warn, fail };

// "ok    database      PostgreSQL 15.4 on db1:5432/reporting"; a hint on a line of its own. Line
// breaks in `text` and `hint` go on below, indented. Pure.
std::string finding_line(finding how, const std::string& about, const std::string& text,
                         const std::string& hint = {});

// Prints them as they come, and remembers the worst.
class findings {
public:
    void ok(const std::string& about, const std::string& text);
    void warn(const std::string& about, const std::string& text, const std::string& hint = {});
    void fail(exit_status how, const std::string& about, const std::string& text,
              const std::string& hint = {});

    exit_status worst_status() const { return status_; }
    // "all is well", "2 warnings", "1 failure, 2 warnings".
    std::string conclusion() const;

private:
    exit_status status_ = exit_status::done;
    int warnings_ = 0;
    int failures_ = 0;
};

} // namespace callmirror::daemon

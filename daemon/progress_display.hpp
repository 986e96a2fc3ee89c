// Shows a backfill's progress: live lines at the foot of a terminal, or plain lines from time to
// time. Writes to standard error. The io thread's.
#pragma once

#include "daemon/command_line.hpp"
#include "daemon/log.hpp"
#include "daemon/progress.hpp"

#include <set>
#include <string>
#include <vector>

namespace callmirror::daemon {

class progress_display {
public:
    // `automatic` is live where standard error is a terminal, plain elsewhere. Log lines are
    // written above the live ones until this object goes; `to` must outlive it.
    progress_display(progress_mode mode, log& to);
    ~progress_display();
    progress_display(const progress_display&) = delete;
    progress_display& operator=(const progress_display&) = delete;

    // How often show() is to be called; max() where nothing is shown.
    steady_time interval() const;
    void show(const std::vector<list_progress>& lists);
    // Leaves the last lines standing, and the terminal as it was. show() does nothing after.
    void finish();

private:
    enum class kind { none, plain, live };
    // What to write for it.
    std::string draw();
    std::string erase();

    kind kind_;
    log& log_;
    std::vector<list_progress> lists_;
    std::set<std::string> told_done_; // off a terminal: said once
    std::size_t drawn_ = 0;           // lines that are on the screen
};

} // namespace callmirror::daemon

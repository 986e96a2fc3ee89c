#include "daemon/progress_display.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view hide_cursor = "\x1b[?25l";
constexpr std::string_view show_cursor = "\x1b[?25h";
// Lines that are too long after all, as after a change of the window, must not take two.
constexpr std::string_view no_wrap = "\x1b[?7l";
constexpr std::string_view wrap = "\x1b[?7h";

bool is_capable_terminal() {
    const char* term = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) == 1 && term && std::string_view(term) != "dumb";
}

struct screen {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

screen size_of_screen() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        return {};
    }
    return {size.ws_col, size.ws_row};
}

void write_out(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

} // namespace

progress_display::progress_display(progress_mode mode, log& to)
    : kind_(mode == progress_mode::none                                 ? kind::none
            : mode == progress_mode::automatic && is_capable_terminal() ? kind::live
                                                                        : kind::plain)
    , log_(to) {
    if (kind_ == kind::live) {
        write_out(hide_cursor);
        log_.surround([this] { write_out(erase()); }, [this] { write_out(draw()); });
    }
}

progress_display::~progress_display() {
    finish();
}

steady_time progress_display::interval() const {
    switch (kind_) {
    case kind::live:
        return 250ms;
    case kind::plain:
        return 10s;
    case kind::none:
        break;
    }
    return steady_time::max();
}

void progress_display::show(const std::vector<list_progress>& lists) {
    lists_ = lists;
    if (kind_ == kind::live) {
        const auto text = erase(); // in one piece with what follows: nothing flickers
        write_out(text + draw());
    } else if (kind_ == kind::plain) {
        std::string text;
        for (const auto& each : lists_) {
            const bool told = each.done && told_done_.contains(each.name);
            text += told ? "" : plain_line(each) + '\n';
            if (each.done) {
                told_done_.insert(each.name);
            } else {
                told_done_.erase(each.name);
            }
        }
        write_out(text);
    }
}

std::string progress_display::draw() {
    const auto size = size_of_screen();
    const auto most = std::max<std::size_t>(size.rows, 3) - 1;
    std::size_t name_width = 0;
    for (const auto& each : lists_) {
        name_width = std::max(name_width, each.name.size());
    }
    std::string text(no_wrap);
    drawn_ = 0;
    for (const auto& each : lists_) {
        if (drawn_ + 1 >= most && lists_.size() > most) {
            text += "... " + std::to_string(lists_.size() - drawn_) + " more\n";
            ++drawn_;
            break;
        }
        text += live_line(each, name_width, size.columns - 1) + '\n';
        ++drawn_;
    }
    return text.append(wrap);
}

std::string progress_display::erase() {
    if (drawn_ == 0) {
        return {};
    }
    return "\r\x1b[" + std::to_string(std::exchange(drawn_, 0)) + "A\x1b[J";
}

void progress_display::finish() {
    if (kind_ == kind::live) {
        log_.surround([] {}, [] {});
        write_out(show_cursor);
    }
    kind_ = kind::none;
}

} // namespace callmirror::daemon

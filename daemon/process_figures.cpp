#include "daemon/process_figures.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace callmirror::daemon {
namespace {

// Numbers of proc(5)'s list for /proc/pid/stat.
constexpr int user_time = 14;
constexpr int system_time = 15;
constexpr int threads = 20;
constexpr int start_time = 22;
constexpr int virtual_size = 23;
constexpr int resident_pages = 24;

void read_stat(process_figures& to, double boot) {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    const auto name_ends = line.rfind(')'); // the name may hold blanks and brackets
    if (name_ends == std::string::npos) {
        return;
    }
    std::istringstream fields(line.substr(name_ends + 1));
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    std::string field;
    for (int number = 3; fields >> field; ++number) {
        if (number == user_time || number == system_time) {
            to.cpu_seconds += std::stod(field) / ticks;
        } else if (number == threads) {
            to.threads = std::stoull(field);
        } else if (number == start_time) {
            to.started_at = boot + std::stod(field) / ticks;
        } else if (number == virtual_size) {
            to.virtual_bytes = std::stoull(field);
        } else if (number == resident_pages) {
            to.resident_bytes =
                std::stoull(field) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
            return;
        }
    }
}

double boot_time() {
    std::ifstream file("/proc/stat");
    std::string word;
    while (file >> word) {
        double seconds = 0;
        if (word == "btime" && file >> seconds) {
            return seconds;
        }
    }
    return 0;
}

} // namespace

process_figures read_process_figures() {
    process_figures figures;
    static const double boot = boot_time(); // shifts with the clock: the start must not
    read_stat(figures, boot);
    std::error_code error;
    const std::filesystem::directory_iterator files("/proc/self/fd", error);
    if (!error) { // one of them is the look itself
        const auto open = std::distance(begin(files), end(files));
        figures.open_files = open > 0 ? static_cast<std::uint64_t>(open - 1) : 0;
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        figures.most_files = limit.rlim_cur;
    }
    return figures;
}

} // namespace callmirror::daemon

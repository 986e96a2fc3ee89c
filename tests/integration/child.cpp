#include "tests/integration/child.hpp"

#include "tests/support/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace callmirror::integration {

using namespace std::chrono_literals;

namespace {

// This process's environment with `set` on top.
std::vector<std::string> environment_with(const child::variables& set) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string entry(*each);
        const auto name = entry.substr(0, entry.find('='));
        bool replaced = false;
        for (const auto& [wanted, value] : set) {
            replaced = replaced || wanted == name;
        }
        if (!replaced) {
            all.push_back(entry);
        }
    }
    for (const auto& [name, value] : set) {
        if (!value.empty()) {
            all.push_back(name + "=" + value);
        }
    }
    return all;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> all;
    for (const auto& word : words) {
        all.push_back(const_cast<char*>(word.c_str()));
    }
    all.push_back(nullptr);
    return all;
}

int opened(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (file < 0) {
        throw std::runtime_error(path + ": " + std::strerror(errno));
    }
    return file;
}

} // namespace

std::string ended::text() const {
    const auto how = status ? "status " + std::to_string(*status)
                            : (signal != 0 ? "signal " + std::to_string(signal) : "time limit");
    return how + " after " + std::to_string(took.count()) + " ms\n--- standard output:\n" + out +
           "--- standard error:\n" + err;
}

child::child(const std::vector<std::string>& words, const std::string& files, const variables& set)
    : files_(files) {
    const auto environment = environment_with(set);
    const auto arguments_at = pointers(words);
    const auto environment_at = pointers(environment);
    const int in = opened("/dev/null", O_RDONLY);
    const int out = opened(files + ".out", O_WRONLY | O_CREAT | O_TRUNC);
    const int err = opened(files + ".err", O_WRONLY | O_CREAT | O_TRUNC);
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) { // other threads' locks may be held: system calls only
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        if (::getppid() != parent || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 ||
            ::dup2(err, 2) < 0) {
            ::_exit(126);
        }
        ::execve(arguments_at[0], arguments_at.data(), environment_at.data());
        ::_exit(127);
    }
    ::close(in);
    ::close(out);
    ::close(err);
    if (process_ < 0) {
        throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    }
}

child::~child() {
    signal(SIGKILL);
    reap(true);
}

bool child::reap(bool patiently) {
    int status = 0;
    if (!wait_status_ && ::waitpid(process_, &status, patiently ? 0 : WNOHANG) == process_) {
        wait_status_ = status;
        took_ = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun_);
    }
    return wait_status_.has_value();
}

bool child::is_running() {
    return !reap(false);
}

void child::signal(int number) const {
    if (!wait_status_) {
        ::kill(process_, number);
    }
}

ended child::wait(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    bool in_time = true;
    while (!reap(false) && in_time) {
        std::this_thread::sleep_for(2ms);
        in_time = std::chrono::steady_clock::now() < until;
    }
    signal(SIGKILL);
    reap(true);
    ended result{.out = out(), .err = err(), .took = took_};
    if (in_time && WIFEXITED(*wait_status_)) {
        result.status = WEXITSTATUS(*wait_status_);
    } else if (in_time) {
        result.signal = WTERMSIG(*wait_status_);
        result.dumped_core = WCOREDUMP(*wait_status_);
    }
    return result;
}

std::string child::out() const {
    return tests::read_file(files_ + ".out");
}

std::string child::err() const {
    return tests::read_file(files_ + ".err");
}

} // namespace callmirror::integration

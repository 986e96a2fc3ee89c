// A program run as a child process, its output kept in two files. It never outlives the test: it is
// killed by the destructor, and by the kernel where the test itself dies.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace callmirror::integration {

// How it ended, and what it said.
struct ended {
    std::optional<int> status; // none: a signal ended it, or the time limit passed
    int signal = 0;
    bool dumped_core = false;
    std::string out;
    std::string err;
    std::chrono::milliseconds took{0};

    std::string text() const; // all of it, for a failure's message
};

class child {
public:
    // Variables set for it; an empty value removes one.
    using variables = std::vector<std::pair<std::string, std::string>>;

    // Starts words[0], its output in `files`.out and `files`.err. Throws std::runtime_error.
    child(const std::vector<std::string>& words, const std::string& files,
          const variables& set = {});
    ~child(); // SIGKILL where it still runs
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    bool is_running();
    void signal(int number) const; // nothing where it has ended
    // SIGKILL where it has not ended by then: `status` is none.
    ended wait(std::chrono::milliseconds limit = std::chrono::seconds(60));
    // So far.
    std::string out() const;
    std::string err() const;
    pid_t id() const { return process_; }

private:
    bool reap(bool patiently);

    std::string files_;
    pid_t process_ = -1;
    std::optional<int> wait_status_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::chrono::milliseconds took_{0};
};

} // namespace callmirror::integration

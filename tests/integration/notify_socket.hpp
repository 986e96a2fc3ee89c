// systemd's end of the notify protocol: keeps every message, in order. A thread of its own, as a
// socket that nobody reads from soon takes no more.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace callmirror::integration {

class notify_socket {
public:
    // Bound to `path`. Throws std::runtime_error.
    explicit notify_socket(std::string path);
    ~notify_socket();
    notify_socket(const notify_socket&) = delete;
    notify_socket& operator=(const notify_socket&) = delete;

    const std::string& path() const { return path_; }
    std::vector<std::string> messages() const; // so far
    // How many begin with `text`.
    std::size_t count(const std::string& text) const;
    // The place of the first one from `from` on that begins with it; -1: there is none.
    int find(const std::string& text, int from = 0) const;

private:
    void receive();

    std::string path_;
    int socket_ = -1;
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

} // namespace callmirror::integration

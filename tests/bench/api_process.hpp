// The simulated API as a process of its own, and its control.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace callmirror::bench {

inline constexpr const char* api_key = "simulated-key";

class api_process {
public:
    // Starts tests/simulator/simulated_snapcall, its files in `directory`, and waits until it
    // listens. Throws std::runtime_error.
    api_process(const std::string& program, const std::string& directory,
                const std::vector<std::string>& arguments);
    ~api_process();
    api_process(const api_process&) = delete;
    api_process& operator=(const api_process&) = delete;

    std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
    const std::string& ca_file() const { return ca_file_; }
    double cpu_seconds() const;

    // "/_simulator/..."; the answer's body. Throws for any status but 200.
    std::string get(const std::string& path) const { return ask("GET", path, ""); }
    std::string post(const std::string& path, const std::string& body) const {
        return ask("POST", path, body);
    }
    void manner(const std::string& name, const std::string& value) const;
    void clear_log() const { post("/_simulator/log/clear", "null"); }

    struct logged {
        std::int64_t ms; // since 1970
        int status;
        std::string target;
    };
    std::vector<logged> log() const; // the latest 10,000 requests

private:
    std::string ask(const std::string& method, const std::string& path,
                    const std::string& body) const;

    std::string ca_file_;
    pid_t process_ = -1;
    int port_ = 0;
};

} // namespace callmirror::bench

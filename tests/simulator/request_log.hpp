// Counts what a client asked, to judge its pace and manners afterwards. Pure.
#pragma once

#include "sync/base/time.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace callmirror::simulator {

class request_log {
public:
    struct entry {
        utc_time time;
        std::string method;
        std::string target;
        int status; // 0: the connection was made to fail
    };

    // `label` names the endpoint: "calls list", "streams record", "unknown".
    void add(entry request, std::string_view label, std::size_t undocumented_parameters);
    void clear() { *this = request_log(); }

    std::uint64_t total() const { return total_; }
    std::uint64_t of_status(int status) const;
    std::uint64_t of_label(std::string_view label) const;
    const std::map<int, std::uint64_t>& by_status() const { return by_status_; }
    const std::map<std::string, std::uint64_t, std::less<>>& by_label() const { return by_label_; }
    // The most requests in any second, wherever it begins: [t, t + 1 s).
    std::size_t most_in_a_second() const { return most_in_a_second_; }
    // Requests that came after one was answered with 401.
    std::uint64_t after_unauthorized() const { return after_unauthorized_; }
    std::uint64_t not_get() const { return not_get_; }
    std::uint64_t undocumented() const { return undocumented_; }
    // The latest 10,000.
    const std::deque<entry>& entries() const { return entries_; }

private:
    std::uint64_t total_ = 0;
    std::map<int, std::uint64_t> by_status_;
    std::map<std::string, std::uint64_t, std::less<>> by_label_;
    std::deque<utc_time> last_second_;
    std::size_t most_in_a_second_ = 0;
    bool unauthorized_ = false;
    std::uint64_t after_unauthorized_ = 0;
    std::uint64_t not_get_ = 0;
    std::uint64_t undocumented_ = 0;
    std::deque<entry> entries_;
};

} // namespace callmirror::simulator

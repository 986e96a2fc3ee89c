// The steps that reading a time from text is made of. For time.cpp and http_date.cpp only.
#pragma once

#include "sync/base/time.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace callmirror {

// Reads a text from its start; every step says whether it found what it wanted.
class reader {
public:
    explicit reader(std::string_view text)
        : rest_{text} {}

    bool at_end() const { return rest_.empty(); }

    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    bool take(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) {
            return false;
        }
        rest_.remove_prefix(wanted.size());
        return true;
    }

    bool take_either(char one, char other) { return take(one) || take(other); }

    // Exactly `count` digits.
    bool take_number(std::size_t count, int& value) {
        if (rest_.size() < count) {
            return false;
        }
        int read = 0;
        for (std::size_t at = 0; at < count; ++at) {
            const char c = rest_[at];
            if (c < '0' || c > '9') {
                return false;
            }
            read = read * 10 + (c - '0');
        }
        value = read;
        rest_.remove_prefix(count);
        return true;
    }

    // One digit or more; those after the third are passed over.
    bool take_thousandths(int& value) {
        int read = 0;
        int weight = 100;
        std::size_t at = 0;
        for (; at < rest_.size() && rest_[at] >= '0' && rest_[at] <= '9'; ++at) {
            read += (rest_[at] - '0') * weight;
            weight /= 10;
        }
        value = read;
        rest_.remove_prefix(at);
        return at > 0;
    }

    // One of `names`; `value` is its index.
    bool take_name(std::span<const std::string_view> names, int& value) {
        for (std::size_t at = 0; at < names.size(); ++at) {
            if (take(names[at])) {
                value = static_cast<int>(at);
                return true;
            }
        }
        return false;
    }

private:
    std::string_view rest_;
};

// Midnight UTC. nullopt where the calendar has no such day, and before year 1.
std::optional<utc_time> day_of(int year, int month, int day);

// Second 60 is the end of its minute. nullopt where no clock shows that.
std::optional<std::chrono::milliseconds> time_of_day(int hour, int minute, int second,
                                                     int thousandths);

} // namespace callmirror

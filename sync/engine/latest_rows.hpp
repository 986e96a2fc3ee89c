// Keeps slow reads from putting the past over the present. A read of history takes minutes, and its
// pages wait to be written; a record that changes meanwhile may have been seen by the head, or
// asked for alone, and be in the mirror already. Which rows those wrote is remembered for as long
// as a read is under way that began before.
//
// Also remembers what was marked deleted lately: a digest may still know it, and if it returns with
// the same content, nobody would write it.
// One list's; one io thread.
#pragma once

#include "sync/base/time.hpp"

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace callmirror::engine {

class latest_rows {
public:
    void read_begins(steady_time at) { under_way_.insert(at); }
    void read_ends(steady_time begun_at);

    // Written as it was when it was asked for at `asked_at`.
    void wrote(std::string_view key, steady_time asked_at);
    // Whether what was asked for at `asked_at` is older than what is written.
    bool is_older(const std::string& key, steady_time asked_at) const;

    void deleted(const std::string& key);
    // Whether it was marked deleted lately; it is forgotten with that.
    bool returns(std::string_view key);

private:
    std::multiset<steady_time> under_way_; // when they began
    std::unordered_map<std::string, steady_time> rows_;
    std::unordered_set<std::string> gone_;
};

} // namespace callmirror::engine

// A script of what goes wrong: which requests, and how. Pure; decided by counts and a seed.
#pragma once

#include "tests/simulator/message.hpp"
#include "tests/simulator/resource.hpp"
#include "tests/simulator/world.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::simulator {

enum class fault_kind : std::uint8_t {
    none,         // an ordinary answer; the rule is for its drift or its delay
    status,       // `status`, `headers` and `body` (a JSON error where it is empty)
    error_object, // an error object with status 200
    html,         // a page of HTML with status 200
    csv,          // CSV with status 200
    empty,        // no body, status 200
    malformed,    // JSON that ends in the middle, in a whole HTTP message
    cut,          // `bytes` of the body, then the connection is closed
    reset,        // the connection is reset before a byte was sent
    reset_within, // `bytes` of the body, then a reset
    hang,         // nothing is ever sent
    hang_within,  // `bytes` of the body, then nothing
    slow,         // `bytes_per_second`
    wrong_length, // Content-Length is off by `length_error`
    bad_gzip,     // Content-Encoding: gzip and a body that is none
    redirect,     // 302 to `location`
};

// A change of the world right after the answer to the request that the rule matched, so that the
// next page is another. `rank` counts in the list that was asked for, from the first record (0, 1,
// ...) or from the last (-1, -2, ...); with another resource than the rule's, in all of it by time,
// newest first.
struct drift {
    enum class action : std::uint8_t {
        remove,
        insert, // a new record with the time of the one at `rank`
        change,
        return_removed, // the record that the script removed last
        move,           // to `shift` later
    };
    action what = action::remove;
    std::optional<resource> of; // the one asked for
    std::int64_t rank = 0;
    std::chrono::milliseconds shift{0};
};

struct fault_rule {
    std::string name;
    // Which requests it matches: all that are given must hold.
    std::optional<resource> of;
    std::optional<endpoint_kind> kind;
    std::string target; // the target contains this text: "/v2/calls", "page=3"
    // Which of those it fires at.
    std::uint64_t from = 1;  // the first of them, counted from 1
    std::uint64_t every = 1; // each so many from there
    std::uint64_t times = 0; // at most; 0 is without end
    double probability = 1;
    // What it does.
    fault_kind what = fault_kind::none;
    int status = 503;
    header_list headers;
    std::string body;
    std::string location;
    std::size_t bytes = 0;
    std::size_t bytes_per_second = 1000;
    std::int64_t length_error = 0;
    std::chrono::milliseconds delay{0};
    std::vector<drift> drifts;
    // What came of it.
    std::uint64_t matched = 0;
    std::uint64_t fired = 0;
};

// Reads one rule, or a list of rules, or {"rules": [...]}. Members are named as the fields above,
// "do" for what ("status", "reset", ...), "resource" for of; durations end in _ms ("delay_ms",
// "shift_ms"); headers are an object. Throws std::invalid_argument that names the mistake.
std::vector<fault_rule> parse_faults(std::string_view json);
std::string_view name_of(fault_kind kind);

class fault_script {
public:
    explicit fault_script(std::uint64_t seed = 0)
        : seed_(seed) {}

    void add(fault_rule rule) { rules_.push_back(std::move(rule)); }
    void clear() { rules_.clear(); }
    const std::vector<fault_rule>& rules() const { return rules_; }
    // How often the rules of that name fired.
    std::uint64_t fired(std::string_view name) const;

    // Those that fire at this request. The first that is not `none` decides the answer; all drifts
    // and the longest delay take place. Valid until add() or clear().
    std::vector<const fault_rule*> decide(const std::optional<endpoint>& to,
                                          std::string_view target);

private:
    std::uint64_t seed_;
    std::vector<fault_rule> rules_;
};

// The answer that the rule makes of an ordinary one.
response spoil(const fault_rule& rule, response ordinary);

} // namespace callmirror::simulator

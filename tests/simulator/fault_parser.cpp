// Fault scripts as JSON.
#include "tests/simulator/faults.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace callmirror::simulator {
namespace {

using json = nlohmann::json;

constexpr std::array<std::string_view, 16> kinds{
    "none",      "status",       "error_object", "html",         "csv",  "empty",
    "malformed", "cut",          "reset",        "reset_within", "hang", "hang_within",
    "slow",      "wrong_length", "bad_gzip",     "redirect"};
constexpr std::array<std::string_view, 5> actions{"remove", "insert", "change", "return_removed",
                                                  "move"};
constexpr std::array<std::string_view, 3> endpoints{"list", "record", "me"};

template <typename Choice, std::size_t Count>
Choice one_of(const std::array<std::string_view, Count>& names, const json& value,
              const char* what) {
    const auto text = value.get<std::string>();
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) {
        throw std::invalid_argument("fault rule: there is no " + std::string(what) + " \"" + text +
                                    "\"");
    }
    return static_cast<Choice>(found - names.begin());
}

resource resource_of(const json& value) {
    const auto found = resource_named(value.get<std::string>());
    if (!found) {
        throw std::invalid_argument("fault rule: there is no resource " + value.dump());
    }
    return *found;
}

drift drift_of(const json& from) {
    drift made;
    for (const auto& [name, value] : from.items()) {
        if (name == "do") {
            made.what = one_of<drift::action>(actions, value, "drift");
        } else if (name == "resource") {
            made.of = resource_of(value);
        } else if (name == "rank") {
            made.rank = value.get<std::int64_t>();
        } else if (name == "shift_ms") {
            made.shift = std::chrono::milliseconds(value.get<std::int64_t>());
        } else {
            throw std::invalid_argument("fault rule: a drift has no member \"" + name + "\"");
        }
    }
    return made;
}

// False where it is none of the numbers and texts.
bool set_plain(fault_rule& rule, const std::string& name, const json& value) {
    if (name == "name") {
        value.get_to(rule.name);
    } else if (name == "target") {
        value.get_to(rule.target);
    } else if (name == "from") {
        value.get_to(rule.from);
    } else if (name == "every") {
        rule.every = std::max<std::uint64_t>(1, value.get<std::uint64_t>());
    } else if (name == "times") {
        value.get_to(rule.times);
    } else if (name == "probability") {
        value.get_to(rule.probability);
    } else if (name == "status") {
        value.get_to(rule.status);
    } else if (name == "body") {
        value.get_to(rule.body);
    } else if (name == "location") {
        value.get_to(rule.location);
    } else if (name == "bytes") {
        value.get_to(rule.bytes);
    } else if (name == "bytes_per_second") {
        rule.bytes_per_second = std::max<std::size_t>(1, value.get<std::size_t>());
    } else if (name == "length_error") {
        value.get_to(rule.length_error);
    } else if (name == "delay_ms") {
        rule.delay = std::chrono::milliseconds(value.get<std::int64_t>());
    } else {
        return false;
    }
    return true;
}

fault_rule rule_of(const json& from) {
    fault_rule rule;
    for (const auto& [name, value] : from.items()) {
        if (set_plain(rule, name, value)) {
            continue;
        }
        if (name == "resource") {
            rule.of = resource_of(value);
        } else if (name == "kind") {
            rule.kind = one_of<endpoint_kind>(endpoints, value, "kind");
        } else if (name == "do") {
            rule.what = one_of<fault_kind>(kinds, value, "fault");
        } else if (name == "headers") {
            for (const auto& [header, text] : value.items()) {
                rule.headers.emplace_back(header, text.get<std::string>());
            }
        } else if (name == "drift") {
            for (const auto& each : value.is_array() ? value : json::array({value})) {
                rule.drifts.push_back(drift_of(each));
            }
        } else {
            throw std::invalid_argument("fault rule: there is no member \"" + name + "\"");
        }
    }
    return rule;
}

} // namespace

std::string_view name_of(fault_kind kind) {
    return kinds.at(static_cast<std::size_t>(kind));
}

std::vector<fault_rule> parse_faults(std::string_view text) {
    try {
        const auto parsed = json::parse(text);
        const auto& list =
            parsed.is_object() && parsed.contains("rules") ? parsed.at("rules") : parsed;
        std::vector<fault_rule> rules;
        if (list.is_object()) {
            rules.push_back(rule_of(list));
        } else {
            for (const auto& each : list) {
                rules.push_back(rule_of(each));
            }
        }
        return rules;
    } catch (const json::exception& error) {
        throw std::invalid_argument(std::string("fault rule: ") + error.what());
    }
}

} // namespace callmirror::simulator

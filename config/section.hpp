// A table of the configuration against the keys it may have.
#pragma once

#include "config/document.hpp"
#include "config/fields.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::config {

// A key, and how its value gets into the section's settings.
template <class Settings>
struct key_rule {
    std::string_view name;
    void (*read)(const field& from, Settings& to);
};

// Notes every key of `keys` that is none of `known`, with the nearest one or the section that it
// belongs in. `section` is the table's full key, "" for the document.
void refuse_unknown(const std::string& section, const table& keys,
                    std::span<const std::string_view> known, context& in);

// Notes it where not exactly one of `names` is there.
void want_one_of(const field& section, const table& keys, std::span<const std::string_view> names);

// Reads the keys in the order of `rules`, whatever their order in the file.
template <class Settings>
void read_section(const field& section, const table& keys,
                  std::span<const key_rule<Settings>> rules, Settings& to) {
    std::vector<std::string_view> known;
    for (const auto& rule : rules) {
        known.push_back(rule.name);
        for (const member& each : keys) {
            if (each.key == rule.name) {
                const std::string key = section.key + '.' + each.key;
                rule.read({each.content, each.at, key, section.in}, to);
            }
        }
    }
    refuse_unknown(section.key, keys, known, section.in);
}

} // namespace callmirror::config

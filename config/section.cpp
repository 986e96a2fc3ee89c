#include "config/section.hpp"

#include "config/load.hpp"
#include "config/values.hpp"
#include "sync/base/text.hpp"

#include <algorithm>

namespace callmirror::config {
namespace {

// "[sync]" where that section knows `key`; "" where none does.
std::string home_of(std::string_view key) {
    for (const std::string& each : known_keys()) {
        const auto dot = each.find('.');
        if (std::string_view{each}.substr(dot + 1) == key) {
            const std::string section = each.substr(0, dot);
            const bool is_list = section == "accounts" || section == "columns";
            return is_list ? "[[" + section + "]]" : '[' + section + ']';
        }
    }
    return {};
}

mistake unknown_key(const std::string& section, const member& unknown,
                    std::span<const std::string_view> known) {
    mistake found{unknown.at.line, unknown.at.column, {}, {}, {}};
    found.key = section + (section.empty() ? "" : ".") + printable(unknown.key, 80);
    const std::string home = home_of(unknown.key);
    if (!home.empty()) {
        found.text = found.key + " is not known here, it belongs in " + home;
        return found;
    }
    found.text = found.key + " is not known, the nearest key is ";
    found.text += nearest(unknown.key, known);
    if (unknown.key == "api_key") {
        found.hint = "the key itself does not belong in this file: put it in one of its own and "
                     "name that as api_key_file";
    }
    return found;
}

} // namespace

void refuse_unknown(const std::string& section, const table& keys,
                    std::span<const std::string_view> known, context& in) {
    for (const member& each : keys) {
        if (std::ranges::find(known, each.key) == known.end()) {
            in.mistakes.push_back(unknown_key(section, each, known));
        }
    }
}

void want_one_of(const field& section, const table& keys, std::span<const std::string_view> names) {
    std::vector<const member*> there;
    for (const member& each : keys) {
        if (std::ranges::find(names, each.key) != names.end()) {
            there.push_back(&each);
        }
    }
    if (there.empty()) {
        section.complain("has no " + std::string{names.front()} + ", want one of " +
                         listing(names));
        return;
    }
    if (there.size() > 1) {
        std::ranges::sort(there, {}, [](const member* each) { return each->at.line; });
        const field second{there[1]->content, there[1]->at, section.key, section.in};
        second.complain("has " + there[0]->key + " and " + there[1]->key + ", want only one of " +
                        listing(names));
    }
}

} // namespace callmirror::config

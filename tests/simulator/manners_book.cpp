#include "tests/simulator/manners.hpp"

namespace callmirror::simulator {

std::string set_manner(manners_book& book, std::string_view name, std::string_view value) {
    const auto dot = name.find('.');
    if (dot != std::string_view::npos) {
        const auto which = resource_named(name.substr(0, dot));
        if (!which) {
            return "there is no resource \"" + std::string(name.substr(0, dot)) + "\"";
        }
        auto& own = book.special.try_emplace(*which, book.shared).first->second;
        return set_manner(own, name.substr(dot + 1), value);
    }
    for (auto& [which, own] : book.special) {
        if (auto error = set_manner(own, name, value); !error.empty()) {
            return error;
        }
    }
    return set_manner(book.shared, name, value);
}

} // namespace callmirror::simulator

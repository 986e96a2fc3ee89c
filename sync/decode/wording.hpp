// Pieces of text made one: for messages. (`"text" + string` is not used: g++ 12 warns of overlaps
// in it that are not there, bug 105651.)
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace callmirror::decode {

inline std::string joined(std::initializer_list<std::string_view> pieces) {
    std::string text;
    for (const std::string_view piece : pieces) {
        text += piece;
    }
    return text;
}

} // namespace callmirror::decode

#include "sync/providers/provider.hpp"

#include <algorithm>

namespace callmirror::providers {

extern const platform snapcall; // snapcall.cpp

std::span<const platform> platforms() {
    return {&snapcall, 1};
}

const platform* find_platform(std::string_view name) {
    const auto all = platforms();
    const auto found = std::ranges::find(all, name, &platform::name);
    return found == all.end() ? nullptr : &*found;
}

const resource* find_resource(const platform& from, std::string_view name) {
    const auto found = std::ranges::find(from.resources, name, &resource::name);
    return found == from.resources.end() ? nullptr : &*found;
}

} // namespace callmirror::providers

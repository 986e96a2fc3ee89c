#include "sync/providers/catalog.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::providers {

catalog::catalog(std::vector<own_column> own)
    : own_(std::move(own)) {
    for (const auto& each : platforms()) {
        auto& resources = resources_.emplace_back(each.resources.begin(), each.resources.end());
        for (auto& resource : resources) {
            resource.columns = with_own(resource);
        }
        platforms_.push_back(each);
        platforms_.back().resources = resources;
    }
}

std::span<const column> catalog::with_own(const resource& of) {
    std::vector<column> all(of.columns.begin(), of.columns.end());
    for (const auto& each : own_) {
        if (each.resource == of.name) {
            const auto& pointers =
                pointers_.emplace_back(each.pointers.begin(), each.pointers.end());
            all.push_back({each.name, each.type, pointers, true});
        }
    }
    return all.size() == of.columns.size() ? of.columns : columns_.emplace_back(std::move(all));
}

const platform* catalog::find(std::string_view name) const {
    const auto found = std::ranges::find(platforms_, name, &platform::name);
    return found == platforms_.end() ? nullptr : &*found;
}

} // namespace callmirror::providers

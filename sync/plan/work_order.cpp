#include "sync/plan/work_order.hpp"

namespace callmirror::plan {

std::optional<work> work_order::next(const std::array<bool, kinds_of_work>& waiting) {
    std::optional<std::size_t> chosen;
    for (std::size_t kind = 0; kind < kinds_of_work; ++kind) {
        if (!waiting[kind]) {
            passed_over_[kind] = 0;
            continue;
        }
        const bool starved = passed_over_[kind] >= floor_every;
        const bool chosen_starved = chosen && passed_over_[*chosen] >= floor_every;
        if (!chosen || (starved && !chosen_starved)) {
            chosen = kind;
        }
    }
    if (!chosen) {
        return std::nullopt;
    }
    for (std::size_t kind = 0; kind < kinds_of_work; ++kind) {
        if (waiting[kind]) {
            ++passed_over_[kind];
        }
    }
    passed_over_[*chosen] = 0;
    return static_cast<work>(*chosen);
}

} // namespace callmirror::plan

#include "tests/simulator/request_log.hpp"

#include <algorithm>

namespace callmirror::simulator {
namespace {

constexpr std::size_t entries_kept = 10'000;

} // namespace

void request_log::add(entry request, std::string_view label, std::size_t undocumented_parameters) {
    ++total_;
    ++by_status_[request.status];
    const auto known = by_label_.find(label);
    ++(known != by_label_.end() ? known : by_label_.emplace(label, 0).first)->second;
    last_second_.push_back(request.time);
    while (last_second_.front() + std::chrono::seconds(1) <= request.time) {
        last_second_.pop_front();
    }
    most_in_a_second_ = std::max(most_in_a_second_, last_second_.size());
    after_unauthorized_ += unauthorized_ ? 1 : 0;
    unauthorized_ = unauthorized_ || request.status == 401;
    not_get_ += request.method == "GET" ? 0 : 1;
    undocumented_ += undocumented_parameters;
    entries_.push_back(std::move(request));
    if (entries_.size() > entries_kept) {
        entries_.pop_front();
    }
}

std::uint64_t request_log::of_status(int status) const {
    const auto found = by_status_.find(status);
    return found == by_status_.end() ? 0 : found->second;
}

std::uint64_t request_log::of_label(std::string_view label) const {
    const auto found = by_label_.find(label);
    return found == by_label_.end() ? 0 : found->second;
}

} // namespace callmirror::simulator

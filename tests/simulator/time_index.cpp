#include "tests/simulator/time_index.hpp"

#include <algorithm>

namespace callmirror::simulator {
namespace {

constexpr std::size_t block_limit = 1024;

} // namespace

bool time_index::before(ordinal a, ordinal b) const {
    const auto left = (*records_)[a].created;
    const auto right = (*records_)[b].created;
    return left != right ? left < right : a < b;
}

std::size_t time_index::block_of(ordinal which) const {
    // The last block whose first record is not after it.
    const auto after = std::ranges::partition_point(
        blocks_, [&](const block& each) { return !before(which, each.front()); });
    const auto number = static_cast<std::size_t>(after - blocks_.begin());
    return number == 0 ? 0 : number - 1;
}

void time_index::insert(ordinal which) {
    ++size_;
    if (blocks_.empty()) {
        blocks_.push_back({which});
        return;
    }
    auto& last = blocks_.back();
    if (before(last.back(), which)) { // as good as always: time goes on
        if (last.size() < block_limit) {
            last.push_back(which);
        } else {
            blocks_.emplace_back().reserve(block_limit);
            blocks_.back().push_back(which);
        }
        return;
    }
    const auto number = block_of(which);
    auto& home = blocks_[number];
    const auto place =
        std::ranges::lower_bound(home, which, [&](ordinal a, ordinal b) { return before(a, b); });
    home.insert(place, which);
    current_ = std::min(current_, number + 1);
    if (home.size() > block_limit) {
        const auto half = home.begin() + static_cast<std::ptrdiff_t>(home.size() / 2);
        block second(half, home.end());
        home.erase(half, home.end());
        blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(number) + 1,
                       std::move(second));
    }
}

bool time_index::erase(ordinal which) {
    if (blocks_.empty()) {
        return false;
    }
    const auto number = block_of(which);
    auto& home = blocks_[number];
    const auto place =
        std::ranges::lower_bound(home, which, [&](ordinal a, ordinal b) { return before(a, b); });
    if (place == home.end() || *place != which) {
        return false;
    }
    home.erase(place);
    --size_;
    current_ = std::min(current_, number + 1);
    if (home.empty()) {
        blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(number));
        current_ = std::min(current_, number);
    }
    return true;
}

void time_index::bring_ranks_up_to_date() const {
    first_rank_.resize(blocks_.size());
    for (std::size_t i = current_; i < blocks_.size(); ++i) {
        first_rank_[i] = i == 0 ? 0 : first_rank_[i - 1] + blocks_[i - 1].size();
    }
    current_ = blocks_.size();
}

std::size_t time_index::block_with_rank(std::size_t rank) const {
    bring_ranks_up_to_date();
    const auto after = std::ranges::upper_bound(first_rank_, rank);
    return static_cast<std::size_t>(after - first_rank_.begin()) - 1;
}

std::size_t time_index::rank_of(std::int64_t time) const {
    if (blocks_.empty()) {
        return 0;
    }
    bring_ranks_up_to_date();
    const auto earlier = [&](ordinal each) { return (*records_)[each].created < time; };
    const auto after = std::ranges::partition_point(
        blocks_, [&](const block& each) { return earlier(each.front()); });
    if (after == blocks_.begin()) {
        return 0;
    }
    const auto& home = *(after - 1);
    const auto place = std::ranges::partition_point(home, earlier);
    return first_rank_[static_cast<std::size_t>(after - blocks_.begin()) - 1] +
           static_cast<std::size_t>(place - home.begin());
}

ordinal time_index::at(std::size_t rank) const {
    const auto number = block_with_rank(rank);
    return blocks_[number][rank - first_rank_[number]];
}

void time_index::collect(std::size_t first, std::size_t count, std::vector<ordinal>& into) const {
    if (first >= size_) {
        return;
    }
    auto left = std::min(count, size_ - first);
    auto number = block_with_rank(first);
    auto offset = first - first_rank_[number];
    while (left > 0) {
        const auto& each = blocks_[number++];
        const auto take = std::min(left, each.size() - offset);
        const auto from = each.begin() + static_cast<std::ptrdiff_t>(offset);
        into.insert(into.end(), from, from + static_cast<std::ptrdiff_t>(take));
        left -= take;
        offset = 0;
    }
}

} // namespace callmirror::simulator

#include "tests/simulator/selection.hpp"

#include "tests/simulator/chance.hpp"
#include "tests/simulator/record_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callmirror::simulator {
namespace {

constexpr std::size_t kept_limit = 16;
// started_at and emitted_at are never further than this from created_at.
constexpr std::int64_t nearby_ms = 120'000;

bool passes(const world& from, resource of, ordinal which, const nlohmann::json& record,
            const std::pair<std::string, std::string>& filter) {
    const auto& [field, wanted] = filter;
    if (field == "expired") {
        const bool expired = (from.at(of, which).flags & flag_finished) != 0;
        return expired == (wanted == "true" || wanted == "1");
    }
    if (field == "stream_token") {
        return from.token(resource::streams, from.at(of, which).parent - 1) == wanted;
    }
    const nlohmann::json::json_pointer pointer(field);
    if (!record.is_object() || !record.contains(pointer)) {
        return false;
    }
    const auto& value = record.at(pointer);
    return (value.is_string() ? value.get<std::string>() : value.dump()) == wanted;
}

std::string described(const selection_request& request) {
    std::string text = info(request.of).name.data();
    text += ' ' + std::to_string(request.company ? *request.company + 1 : 0);
    text += ' ' + std::to_string(request.from) + ' ' + std::to_string(request.to);
    text += ' ' + std::to_string(static_cast<int>(request.compares));
    text += ' ' + std::to_string(static_cast<int>(request.order));
    for (const auto& [field, wanted] : request.filters) {
        text += '\n' + field + '\n' + wanted;
    }
    return text;
}

} // namespace

std::int64_t time_of(const world& from, resource of, ordinal which, compared_time compares) {
    const auto& each = from.at(of, which);
    const bool call = of == resource::calls || of == resource::partner_calls;
    if (compares == compared_time::started) {
        return call                            ? started_at(from, of, which)
               : of == resource::stream_events ? emitted_at(from, which)
                                               : each.created;
    }
    if (compares == compared_time::updated && (call || of == resource::streams)) {
        return updated_at(each);
    }
    return each.created;
}

void selection::collect(std::size_t first, std::size_t count, std::vector<ordinal>& into) const {
    if (first >= size()) {
        return;
    }
    count = std::min(count, size() - first);
    if (made_) {
        const auto begin = made_->begin() + static_cast<std::ptrdiff_t>(first);
        into.insert(into.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
    } else if (newest_first_) {
        const auto before = static_cast<std::ptrdiff_t>(into.size());
        index_->collect(first_ + size() - first - count, count, into);
        std::reverse(into.begin() + before, into.end());
    } else {
        index_->collect(first_ + first, count, into);
    }
}

selection selections::select(const selection_request& request) {
    selection found;
    const bool by_time = request.order == list_order::newest || request.order == list_order::oldest;
    const bool one_index = request.company || world_.index_count(request.of) == 1;
    if (by_time && one_index && request.compares == compared_time::created &&
        request.filters.empty()) {
        found.index_ = &world_.index(request.of, request.company.value_or(0));
        found.first_ = found.index_->rank_of(request.from);
        const auto end = std::max(found.first_, found.index_->rank_of(request.to));
        found.count_ = end - found.first_;
        found.newest_first_ = request.order == list_order::newest;
        return found;
    }
    auto text = described(request);
    const auto version = world_.version(request.of);
    const auto same = [&](const kept& each) {
        return each.version == version && each.request == text;
    };
    if (const auto hit = std::ranges::find_if(kept_, same); hit != kept_.end()) {
        kept_.splice(kept_.begin(), kept_, hit);
    } else {
        kept_.push_front({std::move(text), version, make(request)});
        kept_.resize(std::min(kept_.size(), kept_limit));
    }
    found.made_ = kept_.front().made;
    return found;
}

std::shared_ptr<const std::vector<ordinal>>
selections::make(const selection_request& request) const {
    const auto of = request.of;
    std::vector<ordinal> all;
    // Only what was created about then can have started in the range; updated_at may be any later.
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    const bool updated = request.compares == compared_time::updated;
    const auto from =
        updated || request.from < lowest + nearby_ms ? lowest : request.from - nearby_ms;
    const auto to = request.to > highest - nearby_ms ? highest : request.to + nearby_ms;
    for (std::size_t i = 0; i < world_.index_count(of); ++i) {
        if (!request.company || world_.index_count(of) == 1 || *request.company == i) {
            const auto& index = world_.index(of, i);
            const auto first = index.rank_of(from);
            index.collect(first, std::max(first, index.rank_of(to)) - first, all);
        }
    }
    std::erase_if(all, [&](ordinal which) {
        const auto time = time_of(world_, of, which, request.compares);
        if (time < request.from || time >= request.to) {
            return true;
        }
        if (request.filters.empty()) {
            return false;
        }
        const auto record = nlohmann::json::parse(text_of(world_, of, which, {}), nullptr, false);
        return !std::ranges::all_of(request.filters, [&](const auto& each) {
            return passes(world_, of, which, record, each);
        });
    });
    const auto place = [&](ordinal which) {
        switch (request.order) {
        case list_order::id:
            return static_cast<std::int64_t>(which);
        case list_order::shuffled:
            return static_cast<std::int64_t>(mix(world_.seed(), which) >> 1U);
        case list_order::newest:
            return -time_of(world_, of, which, request.compares);
        case list_order::oldest:
            break;
        }
        return time_of(world_, of, which, request.compares);
    };
    const bool descending = request.order == list_order::newest;
    std::ranges::sort(all, [&](ordinal a, ordinal b) {
        const auto left = place(a);
        const auto right = place(b);
        return left != right ? left < right : (descending ? a > b : a < b);
    });
    return std::make_shared<const std::vector<ordinal>>(std::move(all));
}

} // namespace callmirror::simulator

#include "daemon/activity.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr steady_time looked_every = 1s;
constexpr steady_time trend_window = 10min;
constexpr steady_time least_trend = 30s;
constexpr steady_time longest_left = std::chrono::days(90);
constexpr std::size_t rows_window = 10; // minutes

// A total that has fallen belongs to a mirror that began anew.
std::uint32_t grown(std::uint64_t from, std::uint64_t to) {
    constexpr std::uint64_t most = UINT32_MAX;
    return static_cast<std::uint32_t>(std::min(to < from ? to : to - from, most));
}

double seconds(steady_time time) {
    return std::chrono::duration<double>(time).count();
}

} // namespace

account_activity::totals account_activity::totals_of(const engine::account_view& account) {
    totals sum;
    const auto add = [&](const engine::answer_counts& answers) {
        using fetch::verdict;
        for (const auto& [kind, count] : answers) {
            const auto what = kind.first;
            const bool well =
                what == verdict::ok || what == verdict::not_found || what == verdict::stopped;
            sum.requests += count;
            sum.refused += well ? 0 : count;
        }
    };
    add(account.own_traffic.answers);
    for (const auto& list : account.lists) {
        add(list.traffic.answers);
        sum.rows += list.inserted + list.changed + list.deleted;
        sum.deleted += list.deleted;
        sum.rejected += list.rejected;
    }
    return sum;
}

void account_activity::advance(std::int64_t to_minute) {
    constexpr auto kept = static_cast<std::int64_t>(minutes_kept);
    if (minute_ < 0 || to_minute - minute_ >= kept) {
        ring_.fill({});
    } else {
        for (auto each = minute_ + 1; each <= to_minute; ++each) {
            ring_[static_cast<std::size_t>(each % kept)] = {};
        }
    }
    minute_ = to_minute;
}

void account_activity::note(steady_time now, const engine::account_view& account) {
    const auto minute = std::chrono::floor<std::chrono::minutes>(now).count();
    if (minute != minute_) {
        advance(minute);
    }
    const auto sum = totals_of(account);
    last_ = began_ ? last_ : sum; // what went before was at another time
    began_ = true;
    auto& here = ring_[static_cast<std::size_t>(minute) % minutes_kept];
    here.requests += grown(last_.requests, sum.requests);
    here.refused += grown(last_.refused, sum.refused);
    here.rows += grown(last_.rows, sum.rows);
    here.deleted += grown(last_.deleted, sum.deleted);
    here.rejected += grown(last_.rejected, sum.rejected);
    here.pace = static_cast<float>(account.pace);
    here.seen = true;
    last_ = sum;
    noted_at_ = now;
    for (std::size_t i = 0; i < account.lists.size(); ++i) {
        note_list(now, account.lists[i], i);
    }
    trends_.resize(account.lists.size());
}

void account_activity::note_list(steady_time now, const engine::list_view& list,
                                 std::size_t place) {
    if (place >= trends_.size()) {
        trends_.resize(place + 1);
    }
    auto& trend = trends_[place];
    const mark here{now, list.share};
    const bool same = trend.resource == list.resource && trend.scope == list.scope;
    // A share falls when older history is planned: what went before says nothing then.
    if (!same || list.share < trend.last.share) {
        trend = {list.resource, list.scope, here, here, here};
        return;
    }
    if (now - trend.newer.at >= trend_window) {
        trend.older = trend.newer;
        trend.newer = here;
    }
    trend.last = here;
}

std::array<minute_figures, account_activity::minutes_kept> account_activity::minutes() const {
    std::array<minute_figures, minutes_kept> all{};
    if (minute_ < 0) {
        return all;
    }
    for (std::size_t i = 0; i < minutes_kept; ++i) {
        all[i] = ring_[(static_cast<std::size_t>(minute_) + 1 + i) % minutes_kept];
    }
    return all;
}

minute_figures account_activity::hour() const {
    minute_figures sum;
    for (const auto& each : minutes()) {
        sum.requests += each.requests;
        sum.refused += each.refused;
        sum.rows += each.rows;
        sum.deleted += each.deleted;
        sum.rejected += each.rejected;
        sum.pace = each.pace;
        sum.seen = sum.seen || each.seen;
    }
    return sum;
}

double account_activity::rows_a_minute() const {
    const auto all = minutes();
    double rows = 0;
    double minutes = 0;
    for (auto i = minutes_kept - rows_window; i < minutes_kept; ++i) {
        const bool under_way = i + 1 == minutes_kept;
        rows += all[i].rows;
        minutes += !all[i].seen ? 0 : under_way ? seconds(noted_at_ % steady_time(1min)) / 60 : 1;
    }
    return minutes > 0 ? rows / std::max(minutes, 1.0) : 0;
}

std::optional<steady_time> account_activity::left_of(const engine::list_view& list) const {
    const auto found = std::ranges::find_if(trends_, [&](const auto& each) {
        return each.resource == list.resource && each.scope == list.scope;
    });
    if (found == trends_.end()) {
        return std::nullopt;
    }
    const auto span = found->last.at - found->older.at;
    const auto gained = found->last.share - found->older.share;
    if (span < least_trend || gained <= 0) {
        return std::nullopt;
    }
    const auto left = std::max(1 - list.share, 0.0) / gained * seconds(span);
    return left < seconds(longest_left) ? std::optional(std::chrono::duration_cast<steady_time>(
                                              std::chrono::duration<double>(left)))
                                        : std::nullopt;
}

void activity::note(steady_time now, const std::vector<const engine::account_view*>& accounts) {
    if (noted_at_ && now - *noted_at_ < looked_every) {
        return;
    }
    noted_at_ = now;
    std::map<std::string, account_activity> kept;
    for (const auto* account : accounts) {
        auto known = accounts_.extract(account->name);
        auto& its =
            known.empty() ? kept[account->name] : kept.insert(std::move(known)).position->second;
        its.note(now, *account);
    }
    accounts_ = std::move(kept);
}

const account_activity* activity::of(const std::string& account) const {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? nullptr : &found->second;
}

} // namespace callmirror::daemon

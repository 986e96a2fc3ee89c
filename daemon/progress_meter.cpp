#include "daemon/progress.hpp"
#include "sync/base/text.hpp"

#include <algorithm>
#include <set>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr steady_time rate_window = 10s; // rows a second are of the last so many
constexpr steady_time left_window = 60s; // the time left is judged by more
constexpr steady_time least_window = 1s; // below, nothing is said
constexpr steady_time least_for_left = 3s;
constexpr std::chrono::duration<double> longest_left = std::chrono::years(9);

double seconds(steady_time time) {
    return std::chrono::duration<double>(time).count();
}

void add(engine::list_view& to, const engine::list_view& more) {
    to.inserted += more.inserted;
    to.changed += more.changed;
    to.unchanged += more.unchanged;
    to.deleted += more.deleted;
    to.rejected += more.rejected;
    to.misfits += more.misfits;
    to.records += more.records;
    to.requests += more.requests;
}

bool began_anew(const engine::list_view& last, const engine::list_view& now) {
    return now.records < last.records || now.requests < last.requests ||
           now.inserted < last.inserted || now.changed < last.changed;
}

bool is_done(const engine::list_view& list) {
    return list.head_read_at && list.last_error.empty() && list.unread == 0 &&
           list.history_complete && list.share >= 0.9995;
}

} // namespace

void progress_meter::remember(std::deque<moment>& in, moment what, steady_time window) {
    in.push_back(what);
    while (in.size() > 2 && what.at - in[1].at >= window) {
        in.pop_front();
    }
}

double progress_meter::gain_per_second(const std::deque<moment>& of, steady_time least) {
    if (of.empty() || of.back().at - of.front().at < least) {
        return 0;
    }
    return (of.back().value - of.front().value) / seconds(of.back().at - of.front().at);
}

progress_meter::known_list& progress_meter::find(const std::string& account,
                                                 const engine::list_view& list) {
    const auto found = std::ranges::find_if(lists_, [&](const known_list& each) {
        return each.account == account && each.last.resource == list.resource &&
               each.last.scope == list.scope;
    });
    if (found != lists_.end()) {
        return *found;
    }
    known_list fresh;
    fresh.account = account;
    fresh.last.resource = list.resource;
    fresh.last.scope = list.scope;
    return lists_.emplace_back(std::move(fresh));
}

void progress_meter::sample(steady_time now,
                            const std::vector<const engine::account_view*>& accounts) {
    for (const auto* account : accounts) {
        for (const auto& list : account->lists) {
            auto& known = find(account->name, list);
            if (began_anew(known.last, list)) {
                add(known.before, known.last);
            }
            if (list.share < known.last.share) {
                known.shares.clear();
            }
            known.last = list;
            known.pace = account->pace;
            const auto rows = static_cast<double>(known.before.records + list.records);
            remember(known.rows, {now, rows}, rate_window);
            remember(known.shares, {now, list.share}, left_window);
        }
    }
}

std::vector<list_progress> progress_meter::lines() const {
    std::set<std::string> accounts;
    for (const auto& each : lists_) {
        accounts.insert(each.account);
    }
    std::vector<list_progress> lines;
    for (const auto& each : lists_) {
        list_progress line;
        line.name = (accounts.size() > 1 ? each.account + ' ' : "") +
                    list_name(each.last.resource, each.last.scope);
        line.share = each.last.share;
        line.share_is_of_all = each.last.history_complete;
        line.done = is_done(each.last);
        line.rows = each.before.records + each.last.records;
        line.requests = each.before.requests + each.last.requests;
        line.pace = each.pace;
        line.day = each.last.reading && *each.last.reading > start_of_time
                       ? format_day(*each.last.reading)
                       : "";
        line.note = each.last.aside.empty() ? "" : "set aside: " + each.last.aside;
        line.rows_per_second = gain_per_second(each.rows, least_window);
        const auto gain = gain_per_second(each.shares, least_for_left);
        if (gain > 0) {
            const auto rest = std::chrono::duration<double>((1 - each.last.share) / gain);
            line.left = std::chrono::floor<std::chrono::milliseconds>(std::min(rest, longest_left));
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<progress_meter::totals> progress_meter::sums() const {
    std::vector<totals> all;
    for (const auto& each : lists_) {
        auto sum = each.before;
        add(sum, each.last);
        all.push_back({.account = each.account,
                       .resource = each.last.resource,
                       .scope = each.last.scope,
                       .read = sum.records,
                       .inserted = sum.inserted,
                       .changed = sum.changed,
                       .unchanged = sum.unchanged,
                       .deleted = sum.deleted,
                       .rejected = sum.rejected,
                       .misfits = sum.misfits,
                       .requests = sum.requests,
                       .last = each.last});
    }
    return all;
}

} // namespace callmirror::daemon

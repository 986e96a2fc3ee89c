#include "tests/simulation/steady_records.hpp"

#include "tests/simulator/record_text.hpp"
#include "tests/simulator/selection.hpp"

#include <algorithm>

namespace callmirror::simulation {

using simulator::ordinal;
using simulator::resource;

steady_records::steady_records(const scenario& of, simulator::service& source,
                               simulator::world& world)
    : of_(of)
    , source_(source) {
    for (const auto& name : of.account.resources) {
        const auto what = *simulator::resource_named(name);
        standing_[what] = static_cast<ordinal>(world.created_count(what));
    }
    world.observe_shifts([this, &world](resource what, ordinal which, bool there) {
        auto& all = shifts_[what];
        all.records.insert(which);
        if ((world.at(what, which).flags & simulator::flag_gone) != 0) {
            all.gone.insert(which);
        }
        (there ? all.came : all.left).insert(world.at(what, which).created);
    });
}

// Where a record's place depends on its changes, it hardly ever stands still; and a server that
// filters after it pages hides some.
bool steady_records::is_judged(resource what) const {
    const auto& is = source_.manners().of(what);
    return simulator::info(what).timeline && is.hidden_per_250 == 0 &&
           is.compares == simulator::compared_time::created;
}

bool steady_records::has_both(const shifts& all, const write::slice_row& slice) const {
    constexpr std::int64_t day = 86'400'000; // some servers cut start and end down to days
    const auto any = [&](const std::multiset<std::int64_t>& times) {
        const auto first = times.lower_bound(simulator::to_ms(slice.begins) - day);
        return first != times.end() && *first <= simulator::to_ms(slice.ends) + day;
    };
    return any(all.came) && any(all.left);
}

std::string steady_records::lost_of(resource what, const memory_store& mirror) const {
    const simulator::world& world = source_.data();
    const std::string name(simulator::info(what).name);
    const auto& all = shifts_.contains(what) ? shifts_.at(what) : shifts{};
    std::map<std::string, std::map<utc_time, const write::slice_row*>> axes; // by scope, by end
    for (const auto& [id, slice] : mirror.slices()) {
        if (slice.resource == name && slice.read_at && !slice.is_open() && !has_both(all, slice)) {
            axes[slice.scope].emplace(slice.ends, &slice);
        }
    }
    const auto style = source_.oracle_style(what);
    const auto& rows = mirror.table(name);
    for (ordinal which = 0; which < standing_.at(what); ++which) {
        if (!world.is_there(what, which) || all.records.contains(which) ||
            !simulator::is_keyed(world, what, which, style)) {
            continue;
        }
        const auto& record = world.at(what, which);
        const auto created = simulator::from_ms(record.created);
        for (const auto& [scope, axis] : axes) {
            const auto slice = axis.upper_bound(created);
            const bool of_company =
                scope.empty() || world.company_index(scope) == std::size_t{record.company};
            if (!of_company || slice == axis.end() || created < slice->second->begins) {
                continue;
            }
            const auto key = world.key_text(what, which);
            const auto row = rows.find(key);
            if (row == rows.end() || row->second.deleted_at) {
                return name + " " + key + " of " + format_utc(created) +
                       " stands still all along, its slice " + std::to_string(slice->second->id) +
                       " counts as read, and it is " +
                       (row == rows.end() ? "missing" : "marked deleted");
            }
        }
    }
    return "";
}

std::string steady_records::wrongly_deleted(const memory_store& mirror) const {
    const bool lies = std::ranges::any_of(of_.faults, [](const simulator::fault_rule& rule) {
        return rule.status == 404 || rule.status == 410;
    });
    if (lies) {
        return "";
    }
    const simulator::world& world = source_.data();
    for (const auto& [what, count] : standing_) {
        const std::string name(simulator::info(what).name);
        if ((what != resource::calls && what != resource::streams) ||
            source_.manners().of(what).hidden_per_250 > 0) {
            continue;
        }
        const auto& gone = shifts_.contains(what) ? shifts_.at(what).gone : std::set<ordinal>{};
        for (const auto& [key, row] : mirror.table(name)) {
            const auto which =
                row.deleted_at ? world.find(what, std::stoll(key)) : std::optional<ordinal>{};
            if (which && world.is_there(what, *which) && !gone.contains(*which)) {
                return name + " " + key + " is marked deleted, and was never gone";
            }
        }
    }
    return "";
}

std::string steady_records::lost(const memory_store& mirror) const {
    for (const auto& [what, count] : standing_) {
        if (!is_judged(what)) {
            continue;
        }
        if (auto found = lost_of(what, mirror); !found.empty()) {
            return found;
        }
    }
    return "";
}

} // namespace callmirror::simulation

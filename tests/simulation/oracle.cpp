#include "tests/simulation/oracle.hpp"

#include "sync/decode/decoder.hpp"
#include "tests/simulator/record_text.hpp"

#include <limits>
#include <set>

namespace callmirror::simulation {

std::int64_t oracle::head_begins(std::string_view table) const {
    auto begins = std::numeric_limits<std::int64_t>::max();
    for (const auto& [id, slice] : mirror_.slices()) {
        if (slice.resource == table && slice.is_open()) {
            begins = std::min(begins, simulator::to_ms(slice.begins));
        }
    }
    return begins;
}

// What is older than the history that is asked for may be in the mirror, or not. Where pages are
// short in the middle, a head's read may end there: what it misses is found when it is closed.
bool oracle::is_judged(simulator::resource what, simulator::ordinal which) const {
    if (!simulator::info(what).timeline) {
        return true;
    }
    constexpr std::int64_t day = 86'400'000;
    const auto& is = source_.manners().of(what);
    const simulator::world& world = source_.data();
    const auto time = simulator::time_of(world, what, which, is.compares);
    if (is.hidden_per_250 > 0 && time >= head_begins(simulator::info(what).name) - day) {
        return false;
    }
    return !of_.account.history_start || time >= simulator::to_ms(*of_.account.history_start);
}

void oracle::compare(simulator::resource what, const providers::resource& table, bool but_suspects,
                     std::vector<std::string>& found) const {
    const simulator::world& world = source_.data();
    const auto& rows = mirror_.table(std::string(table.name));
    const auto style = source_.oracle_style(what);
    decode::decoder decoder(of_.account.name, table);
    std::set<std::string> there;
    const auto name = [&](std::string_view key) {
        return std::string(table.name) + " " + std::string(key);
    };
    simulator::for_each_current(
        world, what, style,
        [&](std::string_view key, std::string_view text, simulator::ordinal which) {
            if (key.empty()) {
                return;
            }
            there.emplace(key);
            if (!is_judged(what, which)) {
                return;
            }
            const auto row = rows.find(std::string(key));
            if (row == rows.end()) {
                found.push_back(name(key) + " of " +
                                format_utc(simulator::from_ms(world.at(what, which).created)) +
                                " is missing");
                return;
            }
            if (row->second.deleted_at) {
                found.push_back(name(key) + " is marked deleted, and is there");
                return;
            }
            std::string body(text);
            body.reserve(body.size() + 64);
            const auto expected = decoder.record(body);
            if (!expected.page || expected.page->records.size() != 1) {
                found.push_back(name(key) + " can't be decoded alone: " + expected.error.reason);
            } else if (expected.page->records.front().hash != row->second.hash) {
                found.push_back(name(key) + " is out of date:\n  source " + std::string(text) +
                                "\n  mirror " + row->second.raw());
            } else if (style.hostile_every == 0 &&
                       simulator::without_signatures(row->second.raw()) != text) {
                found.push_back(name(key) + " has the source's hash, but not its text:\n  " +
                                std::string(text) + "\n  " + row->second.raw());
            }
        });
    for (const auto& [key, row] : rows) {
        if (row.deleted_at || there.contains(key)) {
            continue;
        }
        const std::string resource(table.name);
        const bool suspected = mirror_.suspects().contains({resource, key}) ||
                               mirror_.awaits_another_read(resource, key);
        if (!(but_suspects && suspected)) {
            const auto which = world.find(what, std::stoll(key));
            if (which && !is_judged(what, *which)) {
                continue;
            }
            found.push_back(name(key) + " is gone at the source, and " + "not marked deleted" +
                            (suspected ? ", but suspected" : ""));
        }
    }
}

std::vector<std::string> oracle::differences(bool but_suspects, std::size_t most) const {
    std::vector<std::string> found;
    for (const auto& name : of_.account.resources) {
        const auto& table = *providers::find_resource(*of_.account.platform, name);
        compare(*simulator::resource_named(table.name), table, but_suspects, found);
    }
    if (found.size() > most) {
        const auto more = found.size() - most;
        found.resize(most);
        found.push_back("and " + std::to_string(more) + " more");
    }
    return found;
}

} // namespace callmirror::simulation

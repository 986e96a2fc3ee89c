#include "daemon/held_deletes.hpp"

#include "daemon/sql.hpp"
#include "daemon/text_table.hpp"
#include "sync/base/text.hpp"

#include <algorithm>
#include <numeric>

namespace callmirror::daemon {
namespace {

std::optional<utc_time> time_of(const pqxx::field& from) {
    return from.is_null() ? std::nullopt
                          : std::optional(postgres::time_from_sql(from.as<std::string>()));
}

std::string stretch_of(const held_slice& of) {
    if (!of.begins || !of.ends) {
        return "";
    }
    if (*of.begins == start_of_time) {
        return "all";
    }
    return format_day(*of.begins) + " to " +
           (*of.ends == end_of_time ? "now" : format_day(*of.ends));
}

} // namespace

std::vector<held_slice> read_held(postgres::transaction& within, const std::string& account,
                                  const std::vector<std::string>& resources) {
    postgres::parameters values;
    values.add(account);
    std::vector<held_slice> all;
    const auto rows = within.run(sql::held_deletes.text, values);
    for (const auto& row : rows) {
        const auto resource = row["resource"].as<std::string>();
        if (!resources.empty() && std::ranges::find(resources, resource) == resources.end()) {
            continue;
        }
        all.push_back({.account = account,
                       .resource = resource,
                       .scope = row["scope"].as<std::string>(),
                       .held = row["held"].as<std::uint64_t>(),
                       .records = row["records"].is_null() ? 0 : row["records"].as<std::uint64_t>(),
                       .since = time_of(row["since"]).value_or(start_of_time),
                       .begins = time_of(row["begins"]),
                       .ends = time_of(row["ends"]),
                       .examples = row["examples"].as<std::string>()});
    }
    return all;
}

std::uint64_t sum_of(const std::vector<held_slice>& all) {
    return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& each) { return sum + each.held; });
}

std::string held_text(const std::vector<held_slice>& all, utc_time now) {
    if (all.empty()) {
        return "no deletion waits for a word\n";
    }
    text_table table({{"account"},
                      {"list"},
                      {"stretch"},
                      {"gone", align::right},
                      {"left", align::right},
                      {"since"},
                      {"for example"}});
    for (const auto& each : all) {
        table.add({each.account, list_name(each.resource, each.scope), stretch_of(each),
                   grouped(each.held), grouped(each.records),
                   format_duration(std::max(now - each.since, utc_time::duration(0))) + " ago",
                   printable(each.examples, 60)});
    }
    return table.to_text("") +
           "\nThese records are gone from the API's lists, over a fifth of a stretch at once: "
           "deleted\n"
           "(a retention rule?), or the key sees less than before. They stay as they are until a\n"
           "second read, six hours later, agrees; `callmirror deletes accept` does not wait for "
           "it.\n";
}

} // namespace callmirror::daemon

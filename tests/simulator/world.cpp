#include "tests/simulator/world.hpp"

#include "tests/simulator/chance.hpp"
#include "tests/simulator/habits.hpp"
#include "tests/simulator/life.hpp"

#include <algorithm>
#include <stdexcept>

namespace callmirror::simulator {
namespace {

double expected_days(const world_options& options) {
    return std::max(0.0, static_cast<double>((options.end - options.start).count()) / 86'400'000.0);
}

} // namespace

world::world(std::uint64_t seed, world_options options)
    : seed_(mix(seed))
    , options_(std::move(options)) {
    if (options_.company_ids.empty() || options_.company_ids.size() > 255) {
        throw std::invalid_argument("a world has 1 to 255 companies");
    }
    for (const auto& each : all_resources()) {
        auto& made = table_of(each.id);
        const auto lists = each.of_company() ? options_.company_ids.size() : 1;
        while (made.indexes.size() < lists && each.id != resource::agents) {
            made.indexes.emplace_back(made.records);
        }
    }
    const auto reserve = [&](resource of, double per_day) {
        table_of(of).records.reserve(
            static_cast<std::size_t>(per_day * expected_days(options_) * 1.1));
    };
    reserve(resource::calls, options_.calls_per_day);
    reserve(resource::streams, options_.streams_per_day);
    reserve(resource::stream_events, options_.streams_per_day * options_.events_per_stream);
    life_ = std::make_unique<life>(*this);
    life_->found_company();
    live(options_.end);
}

world::~world() = default;

void world::live(utc_time to) {
    life_->advance(to_ms(to));
}

void world::hurry(double speed) {
    life_->hurry(speed);
}

utc_time world::now() const {
    return from_ms(life_->now());
}

time_index& world::index_of(resource of, const record& each) {
    auto& lists = table_of(of).indexes;
    return lists[lists.size() == 1 ? 0 : each.company];
}

std::vector<time_index*> world::indexes_of(resource of, ordinal which) {
    const auto& companies = table_of(of).companies;
    const auto several = companies.find(which);
    if (several == companies.end()) {
        return {&index_of(of, at(of, which))};
    }
    std::vector<time_index*> found;
    for (const auto company : several->second) {
        found.push_back(&table_of(of).indexes[company]);
    }
    return found;
}

const time_index& world::index(resource of, std::size_t company) const {
    const auto& lists = table_of(of).indexes;
    return lists.at(lists.size() == 1 ? 0 : company);
}

ordinal world::append(resource of, record fresh) {
    auto& into = table_of(of);
    const auto which = static_cast<ordinal>(into.records.size());
    if (of == resource::stream_events && fresh.parent != 0) {
        auto& stream = table_of(resource::streams).records[fresh.parent - 1];
        fresh.sibling = stream.sibling;
        stream.sibling = which + 1;
    }
    into.records.push_back(fresh);
    index_of(of, fresh).insert(which);
    ++into.version;
    ++into.there;
    note_shift(of, which, true);
    return which;
}

void world::touch(resource of, ordinal which, std::int64_t at, std::uint8_t flags) {
    auto& each = table_of(of).records[which];
    const auto seconds = std::max<std::int64_t>(0, (at - each.created + 999) / 1000);
    each.touched = std::max(each.touched, static_cast<std::uint32_t>(seconds));
    each.flags = static_cast<std::uint8_t>(each.flags | flags);
    ++table_of(of).version;
}

bool world::set_there(resource of, ordinal which, bool there) {
    auto& in = table_of(of);
    auto& each = in.records[which];
    if (((each.flags & flag_gone) == 0) == there) {
        return false;
    }
    for (auto* const index : indexes_of(of, which)) {
        there ? index->insert(which) : static_cast<void>(index->erase(which));
    }
    if (there) {
        each.flags = static_cast<std::uint8_t>(each.flags & ~flag_gone);
        ++in.there;
    } else {
        each.flags = static_cast<std::uint8_t>(each.flags | flag_gone);
        --in.there;
    }
    ++in.version;
    note_shift(of, which, there);
    if (of == resource::streams) {
        const auto& events = table_of(resource::stream_events).records;
        for (auto next = each.sibling; next != 0; next = events[next - 1].sibling) {
            set_there(resource::stream_events, next - 1, there);
        }
    }
    return true;
}

std::int64_t world::add(resource of, utc_time time, std::size_t company,
                        std::optional<std::int64_t> stream) {
    record fresh{.created = to_ms(time), .company = static_cast<std::uint8_t>(company)};
    if (company >= options_.company_ids.size()) {
        throw std::out_of_range("there is no such company");
    }
    if (of == resource::stream_events) {
        const auto& streams = index(resource::streams, company);
        auto parent = stream ? find(resource::streams, *stream) : std::nullopt;
        if (!parent && streams.size() == 0) {
            parent = find(resource::streams, add(resource::streams, time, company));
        }
        fresh.parent = (parent ? *parent : streams.at(streams.size() - 1)) + 1;
        fresh.kind = event_kind(seed_, created_count(of));
    }
    return id_of(of, append(of, fresh));
}

bool world::change(resource of, std::int64_t id, utc_time at) {
    const auto which = find(of, id);
    if (!which) {
        return false;
    }
    ++table_of(of).records[*which].version;
    touch(of, *which, to_ms(at), flag_rated);
    return true;
}

bool world::remove(resource of, std::int64_t id) {
    const auto which = find(of, id);
    return which && set_there(of, *which, false);
}

bool world::return_removed(resource of, std::int64_t id) {
    const auto which = find(of, id);
    return which && set_there(of, *which, true);
}

bool world::move(resource of, std::int64_t id, utc_time time) {
    const auto which = find(of, id);
    if (!which) {
        return false;
    }
    const bool indexed = is_there(of, *which);
    const auto indexes = indexed ? indexes_of(of, *which) : std::vector<time_index*>{};
    for (auto* const index : indexes) {
        index->erase(*which);
    }
    if (indexed) {
        note_shift(of, *which, false);
    }
    table_of(of).records[*which].created = to_ms(time);
    for (auto* const index : indexes) {
        index->insert(*which);
    }
    if (indexed) {
        note_shift(of, *which, true);
    }
    ++table_of(of).version;
    return true;
}

bool world::set_listed(resource of, std::int64_t id, std::size_t company, bool listed) {
    const auto which = find(of, id);
    auto& in = table_of(of);
    if (info(of).timeline || !which || company >= in.indexes.size() ||
        is_listed(of, *which, company) == listed) {
        return false;
    }
    auto& companies =
        in.companies.try_emplace(*which, std::set<std::size_t>{at(of, *which).company})
            .first->second;
    if (!listed && companies.size() == 1) {
        return false; // gone from its last list it would be removed, which is another change
    }
    listed ? static_cast<void>(companies.insert(company))
           : static_cast<void>(companies.erase(company));
    if (is_there(of, *which)) {
        auto& index = in.indexes[company];
        listed ? index.insert(*which) : static_cast<void>(index.erase(*which));
        note_shift(of, *which, listed);
    }
    ++in.version;
    return true;
}

bool world::replace_text(resource of, std::int64_t id, std::string text) {
    const auto which = find(of, id);
    if (!which) {
        return false;
    }
    table_of(of).texts[*which] = std::move(text);
    touch(of, *which, 0, flag_replaced);
    return true;
}

std::size_t world::retention(utc_time before) {
    std::vector<ordinal> old;
    for (const auto& each : table_of(resource::streams).indexes) {
        each.collect(0, each.rank_of(to_ms(before)), old);
    }
    for (const auto which : old) {
        set_there(resource::streams, which, false);
    }
    return old.size();
}

std::uint64_t world::version(resource of) const {
    // Other records show users' names and teams; a day's statistics show its calls.
    auto version = table_of(of).version + table_of(resource::users).version;
    version += of == resource::teams ? 0 : table_of(resource::teams).version;
    if (of == resource::partner_stats) {
        version += table_of(resource::partner_calls).version;
    }
    return version;
}

std::size_t world::count(resource of) const {
    return table_of(of).there;
}

bool world::is_there(resource of, ordinal which) const {
    return which < created_count(of) && (at(of, which).flags & flag_gone) == 0;
}

bool world::is_listed(resource of, ordinal which, std::size_t company) const {
    const auto& companies = table_of(of).companies;
    const auto several = companies.find(which);
    return several == companies.end() ? company == at(of, which).company
                                      : several->second.contains(company);
}

const std::string* world::replaced_text(resource of, ordinal which) const {
    const auto found = table_of(of).texts.find(which);
    return found == table_of(of).texts.end() ? nullptr : &found->second;
}

} // namespace callmirror::simulator

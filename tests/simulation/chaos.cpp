#include "tests/simulation/chaos.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace callmirror::simulation {

using namespace std::chrono_literals;
using simulator::resource;

chaos::chaos(universe& all, const scenario& of, simulator::service& source, crowd& processes,
             database_weather& weather)
    : all_(all)
    , of_(of)
    , source_(source)
    , world_(source.data())
    , processes_(processes)
    , weather_(weather) {}

void chaos::often(std::chrono::milliseconds mean, std::function<void()> what) {
    if (mean <= 0ms) {
        return;
    }
    const auto wait = all_.luck.exponential(static_cast<double>(mean.count()) * 1000);
    const auto at = all_.events.now() + std::chrono::microseconds(static_cast<std::int64_t>(wait));
    all_.events.plan(at, [this, mean, what = std::move(what)] {
        if (!ended_) {
            world_.live(all_.life_until());
            what();
            often(mean, what);
        }
    });
}

void chaos::begin() {
    const auto& rates = of_.chaos;
    for (const auto& rule : of_.faults) {
        source_.faults().add(rule);
    }
    weather_.fails_before = rates.commit_fails_before;
    weather_.fails_after = rates.commit_fails_after;
    weather_.crashes = rates.database_crashes;
    often(rates.add_every, [this] { add(); });
    often(rates.change_every, [this] { change(); });
    often(rates.remove_every, [this] { remove(); });
    often(rates.return_every, [this] { bring_back(); });
    often(rates.move_every, [this] { move(); });
    often(rates.share_every, [this] { share(); });
    often(rates.import_every, [this] { import(); });
    often(rates.purge_every, [this] { purge(); });
    often(rates.kill_every, [this] { kill(); });
    often(rates.pause_every, [this] { pause(); });
    often(rates.database_away_every, [this] { database_goes(); });
    often(rates.clock_step_every, [this] { clock_steps(); });
    often(rates.key_renewed_every, [this] { renew_key(); });
}

void chaos::end() {
    ended_ = true;
    source_.faults().clear();
    weather_.away = false;
    weather_.fails_before = 0;
    weather_.fails_after = 0;
    weather_.crashes = 0;
    all_.tell("chaos ends");
}

// ---- the source

resource chaos::any_list() {
    constexpr std::array lists{resource::calls, resource::streams, resource::stream_events};
    return lists[all_.luck.below(lists.size())];
}

std::size_t chaos::any_company() {
    return all_.luck.below(world_.options().company_ids.size());
}

// Half of the time a late one, as most changes are to those.
std::optional<chaos::record_choice> chaos::any_record() {
    // Small lists, too; but what is new there shows in other records, which nobody can see change.
    const auto of = all_.luck.happens(0.15)
                        ? (all_.luck.happens(0.5) ? resource::roles : resource::teams)
                        : any_list();
    const auto count = world_.created_count(of);
    if (count == 0) {
        return std::nullopt;
    }
    const auto span = all_.luck.happens(0.5) ? std::min<std::size_t>(count, 20) : count;
    const auto which = static_cast<simulator::ordinal>(count - 1 - all_.luck.below(span));
    return record_choice{of, world_.id_of(of, which), which};
}

void chaos::add() {
    const auto of = any_list();
    const auto late = std::chrono::milliseconds(all_.luck.below(10'000));
    const auto id = world_.add(of, all_.life_until() - late, any_company());
    all_.tell("source: adds " + std::string(simulator::info(of).name) + " " + std::to_string(id));
}

void chaos::change() {
    if (const auto it = any_record(); it && world_.is_there(it->of, it->which)) {
        world_.change(it->of, it->id, all_.life_until());
        all_.tell("source: changes " + std::string(simulator::info(it->of).name) + " " +
                  std::to_string(it->id));
    }
}

void chaos::remove() {
    if (const auto it = any_record(); it && world_.remove(it->of, it->id)) {
        removed_.push_back(*it);
        all_.tell("source: removes " + std::string(simulator::info(it->of).name) + " " +
                  std::to_string(it->id));
    }
}

void chaos::bring_back() {
    if (removed_.empty()) {
        return;
    }
    const auto at = all_.luck.below(removed_.size());
    const auto it = removed_[at];
    removed_.erase(removed_.begin() + static_cast<std::ptrdiff_t>(at));
    if (world_.return_removed(it.of, it.id)) {
        all_.tell("source: brings back " + std::string(simulator::info(it.of).name) + " " +
                  std::to_string(it.id));
    }
}

void chaos::move() {
    const auto it = any_record();
    if (!it) {
        return;
    }
    const auto was = world_.at(it->of, it->which).created;
    const auto reach = std::pow(10.0, 3 + all_.luck.real() * 6.4); // a second to a month
    const auto by = static_cast<std::int64_t>(reach * (all_.luck.happens(0.5) ? 1 : -1));
    const auto to = std::clamp(was + by, simulator::to_ms(of_.world.start),
                               simulator::to_ms(all_.life_until()));
    world_.move(it->of, it->id, simulator::from_ms(to));
    all_.tell("source: moves " + std::string(simulator::info(it->of).name) + " " +
              std::to_string(it->id) + " to " + format_utc(simulator::from_ms(to)));
}

// A team of two companies, or of the other one.
void chaos::share() {
    const auto count = world_.created_count(resource::teams);
    if (count == 0) {
        return;
    }
    const auto which = static_cast<simulator::ordinal>(all_.luck.below(count));
    const auto company = any_company();
    const bool listed = !world_.is_listed(resource::teams, which, company);
    const auto id = world_.id_of(resource::teams, which);
    if (world_.set_listed(resource::teams, id, company, listed)) {
        all_.tell("source: company " + std::to_string(world_.options().company_ids[company]) +
                  (listed ? " lists" : " no longer lists") + " teams " + std::to_string(id));
    }
}

void chaos::import() {
    const auto of = any_list();
    const auto company = any_company();
    const auto count = 1 + all_.luck.below(60);
    const bool ahead = all_.luck.happens(0.3);
    const auto now = all_.life_until();
    const auto span = static_cast<std::uint64_t>((now - of_.world.start).count());
    const auto at = ahead ? now + std::chrono::seconds(all_.luck.below(7 * 86'400))
                          : now - std::chrono::milliseconds(all_.luck.below(span));
    for (std::uint64_t i = 0; i < count; ++i) {
        world_.add(of, at, company);
    }
    all_.tell("source: imports " + std::to_string(count) + " " +
              std::string(simulator::info(of).name) + " of " + format_utc(at));
}

void chaos::purge() {
    const auto now = all_.life_until();
    const auto days = static_cast<std::uint64_t>((now - of_.world.start) / 24h) + 1;
    if (all_.luck.happens(0.3)) {
        const auto before = of_.world.start + 24h * static_cast<int>(all_.luck.below(days));
        const auto gone = world_.retention(before);
        all_.tell("source: retention takes " + std::to_string(gone) + " streams");
        return;
    }
    const auto of = any_list();
    const auto& index = world_.index(of, any_company());
    if (index.size() == 0) {
        return;
    }
    std::vector<simulator::ordinal> some;
    const auto first = all_.luck.below(index.size());
    index.collect(first, std::min<std::size_t>(index.size() - first, all_.luck.below(120) + 1),
                  some);
    for (const auto which : some) {
        world_.remove(of, world_.id_of(of, which));
    }
    all_.tell("source: purges " + std::to_string(some.size()) + " " +
              std::string(simulator::info(of).name));
}

// ---- processes, the database, clocks

void chaos::kill() {
    const auto which = all_.luck.below(processes_.size());
    processes_.doom(which, all_.luck.below(12));
    const auto down = all_.luck.happens(0.5) ? 1s : 60s;
    all_.events.plan(all_.events.now() + all_.between(100ms, down), [this, which] {
        if (!ended_ && processes_.at(which) == nullptr) {
            processes_.start(which);
        }
    });
}

void chaos::pause() {
    const auto which = all_.luck.below(processes_.size());
    processes_.hold(which, all_.luck.below(12), all_.between(100ms, of_.chaos.pause_most));
}

void chaos::database_goes() {
    weather_.away = true;
    all_.tell("the database goes away");
    all_.events.plan(all_.events.now() + all_.between(500ms, of_.chaos.database_away_most), [this] {
        weather_.away = false;
        all_.tell("the database is back");
    });
}

void chaos::renew_key() {
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        const auto* const it = processes_.at(i);
        if (it != nullptr && it->ended() == engine::account_end::key_refused) {
            processes_.start(i);
        }
    }
}

void chaos::clock_steps() {
    const auto which = all_.luck.below(processes_.size());
    auto* const it = processes_.at(which);
    if (it == nullptr) {
        return;
    }
    const auto most = all_.luck.happens(0.5) ? 5s : 3600s;
    const auto off = all_.between(-most, most);
    it->clock().set_off(std::chrono::floor<std::chrono::milliseconds>(off));
    all_.tell(it->name() + "'s clock is off by " + std::to_string(off.count() / 1000) + " ms");
}

} // namespace callmirror::simulation

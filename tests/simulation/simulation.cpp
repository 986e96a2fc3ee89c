#include "tests/simulation/simulation.hpp"

#include "tests/simulation/chaos.hpp"
#include "tests/simulation/oracle.hpp"
#include "tests/simulation/steady_records.hpp"

#include <algorithm>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr auto looked_at_every = 10min;
constexpr auto longest_calm = 14h; // a held deletion waits six, a suspect too

class player {
public:
    player(const scenario& of, std::size_t kept, bool print);

    outcome play();

private:
    bool well() const { return all_.wrong.empty(); }
    // Lets everything happen that happens within this time.
    void pass(microseconds time);
    void check_store();
    void suffer();
    bool equal_within(microseconds time);
    void finish_by_backfill();
    void finish_by_daemons();
    void must_be_equal(bool but_suspects, const char* when);

    const scenario& of_;
    universe all_;
    simulator::world world_;
    simulator::service service_;
    memory_store store_;
    database_weather weather_;
    request_judge judge_;
    oracle oracle_;
    steady_records steady_;
    crowd processes_;
    chaos trouble_;
};

player::player(const scenario& of, std::size_t kept, bool print)
    : of_(of)
    , all_{.events = {},
           .began = of.world.end,
           .luck = simulator::chance(simulator::mix(of.seed, 0x11)),
           .told = trace(kept, print),
           .wrong = {}}
    , world_(of.seed, of.world)
    , service_(world_)
    , store_(all_)
    , judge_(all_, of.account.requests_per_second)
    , oracle_(of, service_, store_)
    , steady_(of, service_, world_)
    , processes_({all_, service_, judge_, store_, weather_}, of)
    , trouble_(all_, of, service_, processes_, weather_) {
    service_.change_manners() = of.manners;
    store_.set_off(of.database_off);
}

void player::pass(microseconds time) {
    const auto until = all_.events.now() + time;
    do {
        processes_.run_ready();
    } while (well() && all_.events.step(until));
}

void player::check_store() {
    if (auto what = store_.inconsistency(); !what.empty()) {
        all_.fail(what);
    }
    if (auto what = steady_.lost(store_); !what.empty()) {
        all_.fail(what);
    }
}

void player::suffer() {
    trouble_.begin();
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        processes_.start(i);
    }
    const auto until = all_.events.now() + of_.chaos.lasts;
    while (well() && all_.events.now() < until) {
        pass(std::min<microseconds>(looked_at_every, until - all_.events.now()));
        check_store();
        if (auto what = steady_.wrongly_deleted(store_); !what.empty()) {
            all_.fail(what);
        }
    }
    trouble_.end();
    pass(of_.chaos.pause_most + of_.chaos.database_away_most); // what is planned already
    check_store();
}

void player::must_be_equal(bool but_suspects, const char* when) {
    std::string all;
    for (const auto& each : oracle_.differences(but_suspects)) {
        all += "\n  " + each;
    }
    if (!all.empty()) {
        all_.fail(std::string(when) + ", the mirror differs from the source:" + all);
    }
}

bool player::equal_within(microseconds time) {
    const auto until = all_.events.now() + time;
    auto step = microseconds(30s);
    while (well() && all_.events.now() < until) {
        pass(std::min(step, until - all_.events.now()));
        if (!store_.has_open_orders() && oracle_.differences(false, 1).empty()) {
            return true;
        }
        step = std::min<microseconds>(step * 2, 15min);
        if (!of_.waits_for_brake && !store_.has_open_orders()) {
            store_.place_order({.kind = "accept_deletes", .resource = ""});
        }
    }
    return false;
}

void player::finish_by_daemons() {
    processes_.revive();
    all_.frozen = all_.true_time();
    store_.place_order({.kind = "again", .resource = ""});
    equal_within(longest_calm);
    if (well()) {
        must_be_equal(false, "at the end");
    }
    pass(3 * of_.account.poll_interval + 2min);
    equal_within(longest_calm); // a list that was set aside for an hour may just be back
    if (well()) {
        must_be_equal(false, "after the end");
    }
}

void player::finish_by_backfill() {
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        if (auto* const it = processes_.at(i)) {
            if (it->is_paused()) {
                it->go_on();
            }
            it->stop();
        }
    }
    pass(of_.api.request_timeout + 5s);
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        auto* const it = processes_.at(i);
        if (well() && it != nullptr && !it->ended()) {
            all_.fail(it->name() + " was asked to stop, and does not");
        }
        processes_.kill(i);
    }
    pass(of_.account.lease_time); // of one that died
    all_.frozen = all_.true_time();
    processes_.start(0, engine::one_shot{.range = {}, .again = true, .give_up_after = 15min});
    const auto& it = *processes_.at(0);
    const auto until = all_.events.now() + longest_calm;
    while (well() && !it.ended() && all_.events.now() < until) {
        pass(10s);
    }
    if (well() && it.ended() != engine::account_end::done) {
        all_.fail("the backfill did not end with done: " +
                  (it.ended() ? std::to_string(static_cast<int>(*it.ended())) + " " + it.why()
                              : "it is still at work"));
    }
    if (well()) {
        must_be_equal(true, "after the backfill");
    }
}

outcome player::play() {
    all_.tell(of_.summary());
    suffer();
    if (well()) {
        of_.ends_with_backfill ? finish_by_backfill() : finish_by_daemons();
    }
    if (well()) {
        check_store();
    }
    outcome came{.wrong = all_.wrong,
                 .trace = all_.told.text(),
                 .requests = judge_.total(),
                 .commits = store_.commits(),
                 .deaths = processes_.deaths(),
                 .simulated = std::chrono::floor<std::chrono::seconds>(all_.events.now()),
                 .log = all_.log};
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        processes_.kill(i);
    }
    return came;
}

} // namespace

outcome play(const scenario& of, std::size_t kept, bool print) {
    player one(of, kept, print);
    return one.play();
}

} // namespace callmirror::simulation

#include "tests/soak/trouble.hpp"

#include <csignal>
#include <thread>

namespace callmirror::soak {
namespace {
constexpr const char* throttled = "API: 429";
}

using namespace std::chrono_literals;
using test_support::network_fault;

trouble::trouble(victims of, std::uint64_t seed)
    : of_(of)
    , luck_(seed) {
    const auto answers = [this](const char* name, const char* action) {
        happened_[name] = 0;
        all_.emplace_back(name, [this, name, action] { answer(name, action); });
    };
    answers("API: 503", R"("do":"status","status":503)");
    answers(throttled, R"("do":"status","status":429,"headers":{"Retry-After":"2"})");
    answers("API: error as 200", R"("do":"error_object")");
    answers("API: malformed", R"("do":"malformed")");
    answers("API: empty", R"("do":"empty")");
    answers("API: hangs", R"("do":"hang_within","bytes":40)");
    answers("API: bad gzip", R"("do":"bad_gzip")");
    const auto strikes = [this](const char* name, bool at_api, network_fault what,
                                std::uint64_t every) {
        happened_[name] = 0;
        all_.emplace_back(name, [this, name, at_api, what, every] {
            strike(name, at_api ? of_.to_api : of_.to_database, what, every);
        });
    };
    strikes("API's network: cut", true, network_fault::cut, 20'000);
    strikes("API's network: reset", true, network_fault::reset, 20'000);
    strikes("API's network: half-open", true, network_fault::half_open, 20'000);
    strikes("API's network: wrong order", true, network_fault::reorder, 20'000);
    strikes("database's network: cut", false, network_fault::cut, 20'000);
    strikes("database's network: reset", false, network_fault::reset, 20'000);
    strikes("database's network: half-open", false, network_fault::half_open, 40'000);
    const auto does = [this](const char* name, std::function<void()> what) {
        happened_[name] = 0;
        all_.emplace_back(name, [this, name, what] {
            what();
            ++happened_[name];
        });
    };
    does("database: killed", [this] {
        of_.database.stop_immediately();
        std::this_thread::sleep_for(1s);
        of_.database.start();
    });
    does("database: frozen for 3 s", [this] {
        of_.database.pause();
        std::this_thread::sleep_for(3s);
        of_.database.resume();
    });
    does("database: backends ended", [this] { of_.database.terminate_backends(); });
    does("SIGHUP", [this] { of_.daemon.signal(SIGHUP); });
}

std::string trouble::make() {
    collect();
    auto which = luck_.below(all_.size());
    // Each 429 halves the pace for a long time, as it should: many of them, and nothing else would
    // be tried.
    while (all_[which].first == throttled && happened_[throttled] >= 2) {
        which = luck_.below(all_.size());
    }
    all_[which].second();
    return all_[which].first;
}

void trouble::answer(const std::string& name, const std::string& action) {
    of_.api.faults(R"([{"name":")" + name + R"(","kind":"list","from":)" +
                   std::to_string(1 + luck_.below(8)) + R"(,"times":)" +
                   std::to_string(name == throttled ? 1 : 1 + luck_.below(3)) + ',' + action +
                   "}]");
}

void trouble::strike(const std::string& name, test_support::tcp_proxy& at, network_fault what,
                     std::uint64_t every) {
    striking_[&at == &of_.to_api ? 0 : 1] = name;
    at.strike(what, every, 1 + (what == network_fault::half_open ? 0 : luck_.below(3)));
}

// What rules and proxies have done since the last look.
void trouble::collect() {
    of_.api.with_service([&](simulator::service& api) {
        for (const auto& rule : api.faults().rules()) {
            happened_[rule.name] += rule.fired;
        }
        api.faults().clear();
    });
    const test_support::tcp_proxy* const proxies[]{&of_.to_api, &of_.to_database};
    for (const int which : {0, 1}) {
        const auto struck = proxies[which]->seen().struck;
        if (struck > struck_[which]) {
            happened_[striking_[which]] += struck - struck_[which];
        }
        struck_[which] = struck;
    }
}

void trouble::end() {
    collect();
    for (auto* each : {&of_.to_api, &of_.to_database}) {
        each->strike(network_fault::cut, 1, 0);
    }
}

std::map<std::string, std::uint64_t> trouble::happened() {
    collect();
    return happened_;
}

} // namespace callmirror::soak

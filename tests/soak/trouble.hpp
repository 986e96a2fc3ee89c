// The random faults of a soak, drawn from a seed, each counted when it has really happened.
#pragma once

#include "tests/integration/harness.hpp"
#include "tests/simulator/chance.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <functional>
#include <map>
#include <string>

namespace callmirror::soak {

struct victims {
    integration::api_source& api;
    tests::postgres_cluster& database;
    test_support::tcp_proxy& to_api;
    test_support::tcp_proxy& to_database;
    integration::child& daemon;
};

class trouble {
public:
    trouble(victims of, std::uint64_t seed);

    // One fault; returns when what the test itself does of it is over. The name of it.
    std::string make();
    // Nothing goes wrong any more.
    void end();
    // How often each has happened; those that never have among them.
    std::map<std::string, std::uint64_t> happened();

private:
    void answer(const std::string& name, const std::string& action);
    void strike(const std::string& name, test_support::tcp_proxy& at,
                test_support::network_fault what, std::uint64_t every);
    void collect();

    victims of_;
    simulator::chance luck_;
    std::vector<std::pair<std::string, std::function<void()>>> all_;
    std::map<std::string, std::uint64_t> happened_;
    std::string striking_[2]; // the fault that each proxy was told, "" for none
    std::uint64_t struck_[2]{0, 0};
};

} // namespace callmirror::soak

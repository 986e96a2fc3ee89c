// The simulated API: requests in, answers out, as a pure function of the world, the manners, the
// fault script and the requests so far. No socket, no clock, no thread: a server (server.hpp) or a
// simulation carries the answers out. Not thread-safe.
#pragma once

#include "tests/simulator/faults.hpp"
#include "tests/simulator/list_page.hpp"
#include "tests/simulator/manners.hpp"
#include "tests/simulator/message.hpp"
#include "tests/simulator/rate_limit.hpp"
#include "tests/simulator/request_log.hpp"
#include "tests/simulator/selection.hpp"
#include "tests/simulator/world.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace callmirror::simulator {

class service {
public:
    // `data` must outlive it, and may change between two requests.
    explicit service(world& data, std::vector<std::string> keys = {"simulated-key"});

    response answer(const request& asked);

    const manners_book& manners() const { return manners_; }
    // Forgets kept pages, so that the next answer is of the new manners.
    manners_book& change_manners();
    fault_script& faults() { return faults_; }
    request_log& log() { return log_; }
    world& data() { return world_; }
    std::vector<std::string>& keys() { return keys_; }

    // How the oracle must write a resource's records so that they equal what is served, but for
    // signatures, which it leaves out.
    record_style oracle_style(resource of) const;

private:
    struct kept_page {
        std::uint64_t version;
        std::int64_t signed_at;
        response whole;
    };

    response admitted(const request& asked, const std::optional<parsed_target>& target,
                      const std::optional<endpoint>& to);
    response ordinary(const request& asked, const parsed_target& target, const endpoint& to);
    response list(const request& asked, const parsed_target& target, const endpoint& to);
    response record(const request& asked, const endpoint& to);
    response me() const;
    bool knows(const request& asked) const;
    std::size_t total_to_tell(const simulator::manners& is, const parsed_target& target,
                              const list_page& page);
    record_style served_style(resource of, utc_time now) const;
    void carry_out(const drift& each, const request& asked,
                   const std::optional<parsed_target>& target, const std::optional<endpoint>& to);

    world& world_;
    std::vector<std::string> keys_;
    manners_book manners_;
    fault_script faults_;
    request_log log_;
    selections selections_;
    rate_limit rate_limit_;
    std::uint64_t requests_ = 0;
    std::unordered_map<std::string, kept_page> pages_;
    std::size_t pages_bytes_ = 0;
    std::map<std::string, std::size_t> frozen_totals_;
    std::optional<std::pair<resource, std::int64_t>> last_removed_;
};

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(utc_time time);

} // namespace callmirror::simulator

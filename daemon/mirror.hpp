// One account at work: its API, its engine. Built from the settings; the io thread's.
#pragma once

#include "daemon/http_source.hpp"
#include "daemon/log.hpp"
#include "daemon/setup.hpp"
#include "sync/engine/account.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace callmirror::daemon {

// What all accounts of the process share. Everything must outlive the mirrors' run().
struct mirror_ports {
    boost::asio::any_io_executor executor;
    engine::clock& time;
    engine::database& store;
    engine::worker& decoding;
    log& to;
    std::string holder; // of leases
    std::chrono::milliseconds poll_interval;
    std::shared_ptr<const providers::catalog> catalog; // with the operator's columns
};

// "host:pid:random": no other process has it.
std::string make_holder(std::uint32_t chance);

class mirror {
public:
    // Opens nothing. Throws std::invalid_argument where the settings can't be used (the ca_file).
    mirror(const mirror_ports& ports, const account_setup& of,
           std::optional<engine::one_shot> once = std::nullopt);

    // Once; see engine::account_engine.
    engine::awaitable<engine::account_end> run() { return engine_.run(); }

    // Starts nothing new; what is being committed is finished.
    void stop() { engine_.stop(); }
    // Answers that are still awaited are given up.
    void cut() { api_.stop(); }

    const std::string& name() const { return name_; }
    const engine::account_view& view() const { return engine_.view(); }
    const std::string& why() const { return engine_.why(); }

private:
    std::string name_;
    std::shared_ptr<const providers::catalog> catalog_; // the engine's platform is in it
    http_source api_;
    engine::account_engine engine_;
};

} // namespace callmirror::daemon

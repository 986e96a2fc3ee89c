// The accounts of a running daemon: starts their mirrors, notices how they end, and exchanges those
// that a reload changed. One io thread; its mirrors live in the task group given, which has to be
// joined before the fleet goes.
#pragma once

#include "daemon/mirror.hpp"
#include "sync/engine/tasks.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::daemon {

class fleet {
public:
    // `changed` is notified whenever a mirror ends.
    fleet(engine::task_group& tasks, engine::signal& changed, mirror_ports ports);

    // Makes these the accounts: starts new ones, stops those that are not among them, exchanges
    // those whose settings or key changed or whose key was refused, and leaves the others alone.
    // Throws std::invalid_argument, and changes nothing, where one's settings can't be used.
    struct changes {
        std::size_t begun = 0; // new ones, and those that begin anew
        std::size_t stopped = 0;
        std::size_t kept = 0;
    };
    changes set_accounts(const std::vector<account_setup>& accounts);
    // Throws as set_accounts() would.
    void prove(const std::vector<account_setup>& accounts) const;

    // Ends those that were stopped, starts those that wait for their predecessor or after a fault.
    void tend();

    void stop(); // all of them, for good
    void cut();
    bool idle() const; // none is running any more
    // Nothing is in hand: what still runs has lost the database and thrown everything away.
    bool waits_in_vain() const;

    // Every account has ended because its key was refused.
    bool all_keys_refused() const;
    // Why the database refuses us; "" where it does not.
    std::string database_refusal() const;
    const std::vector<const engine::account_view*>& views() const { return views_; }

private:
    struct member {
        account_setup of;
        std::unique_ptr<mirror> now;  // running, or ended
        std::unique_ptr<mirror> next; // takes its place when it has ended
        bool running = false;
        bool leaving = false; // not among the accounts any more
        std::optional<engine::account_end> end;
        std::optional<steady_time> start_again_at; // after a fault of ours
    };
    std::unique_ptr<mirror> make(const account_setup& of) const;
    void make_again(member& which);
    void start(member& which);
    engine::awaitable<void> follow(member* which);
    member* find(const std::string& name);

    engine::task_group& tasks_;
    engine::signal& changed_;
    mirror_ports ports_;
    std::vector<std::unique_ptr<member>> members_;
    std::vector<const engine::account_view*> views_;
    bool stopping_ = false;
};

} // namespace callmirror::daemon

#include "daemon/fleet.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr steady_time pause_after_fault = 10s;

} // namespace

fleet::fleet(engine::task_group& tasks, engine::signal& changed, mirror_ports ports)
    : tasks_(tasks)
    , changed_(changed)
    , ports_(std::move(ports)) {}

std::unique_ptr<mirror> fleet::make(const account_setup& of) const {
    return std::make_unique<mirror>(ports_, of);
}

fleet::member* fleet::find(const std::string& name) {
    const auto found = std::ranges::find_if(members_, [&](const auto& each) {
        return each->of.settings.name == name && !each->leaving;
    });
    return found == members_.end() ? nullptr : found->get();
}

void fleet::prove(const std::vector<account_setup>& accounts) const {
    for (const auto& each : accounts) {
        make(each);
    }
}

fleet::changes fleet::set_accounts(const std::vector<account_setup>& accounts) {
    std::vector<std::pair<const account_setup*, std::unique_ptr<mirror>>> made;
    for (const auto& account : accounts) {
        const auto* known = find(account.settings.name);
        const bool unchanged =
            known && known->of == account && known->end != engine::account_end::key_refused;
        if (!unchanged) {
            made.emplace_back(&account, make(account));
        }
    }
    // Nothing throws from here on but for want of memory.
    changes made_so{.begun = made.size(), .stopped = 0, .kept = accounts.size() - made.size()};
    for (auto& each : members_) {
        const bool wanted = std::ranges::any_of(accounts, [&](const auto& account) {
            return account.settings.name == each->of.settings.name;
        });
        if (!wanted && !each->leaving) {
            each->leaving = true;
            each->now->stop();
            each->now->cut();
            ++made_so.stopped;
        }
    }
    for (auto& [account, fresh] : made) {
        auto* known = find(account->settings.name);
        if (!known) {
            members_.push_back(std::make_unique<member>());
            known = members_.back().get();
        } else if (known->now) {
            known->now->stop();
            known->now->cut();
        }
        known->of = *account;
        known->next = std::move(fresh);
    }
    tend();
    return made_so;
}

void fleet::start(member& which) {
    which.now = std::move(which.next);
    which.end.reset();
    which.start_again_at.reset();
    which.running = true;
    tasks_.spawn("account " + which.now->name(), follow(&which));
}

// A fault of ours in one account must not end the others: it is told, and the account begins anew.
engine::awaitable<void> fleet::follow(member* which) {
    try {
        which->end = co_await which->now->run();
    } catch (const std::exception& error) {
        const auto say = ports_.to.report_for(which->now->name());
        say(engine::level::error,
            std::string("internal error: ") + error.what() + "; the account begins anew in 10 s");
        which->start_again_at = ports_.time.now() + pause_after_fault;
    }
    which->running = false;
    changed_.notify();
}

void fleet::make_again(member& which) {
    try {
        which.next = make(which.of);
    } catch (const std::invalid_argument& error) { // the ca_file is gone by now
        const auto say = ports_.to.report_for(which.of.settings.name);
        say(engine::level::error, error.what());
        which.start_again_at = ports_.time.now() + pause_after_fault;
    }
}

void fleet::tend() {
    std::erase_if(members_, [](const auto& each) { return each->leaving && !each->running; });
    for (auto& each : members_) {
        if (stopping_ || each->running || each->leaving) {
            continue;
        }
        if (!each->next && each->start_again_at && ports_.time.now() >= *each->start_again_at) {
            make_again(*each);
        }
        if (each->next) {
            start(*each);
        }
    }
    views_.clear();
    for (const auto& each : members_) {
        if (each->now && !each->leaving) {
            views_.push_back(&each->now->view());
        }
    }
}

void fleet::stop() {
    stopping_ = true;
    for (auto& each : members_) {
        if (each->now) {
            each->now->stop();
        }
    }
}

void fleet::cut() {
    for (auto& each : members_) {
        if (each->now) {
            each->now->cut();
        }
    }
}

bool fleet::idle() const {
    return std::ranges::none_of(members_, [](const auto& each) { return each->running; });
}

bool fleet::waits_in_vain() const {
    return std::ranges::all_of(members_, [](const auto& each) {
        return !each->running || each->now->view().phase == engine::account_phase::database_away;
    });
}

bool fleet::all_keys_refused() const {
    return !members_.empty() && std::ranges::all_of(members_, [](const auto& each) {
        return !each->running && !each->next && each->end == engine::account_end::key_refused;
    });
}

std::string fleet::database_refusal() const {
    for (const auto& each : members_) {
        if (each->end == engine::account_end::database_refused && !each->next) {
            return each->now->why();
        }
    }
    return {};
}

} // namespace callmirror::daemon

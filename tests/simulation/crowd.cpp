#include "tests/simulation/crowd.hpp"

namespace callmirror::simulation {

crowd::crowd(const surroundings& around, const scenario& of)
    : around_(around)
    , of_(of)
    , members_(static_cast<std::size_t>(of.processes)) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
        members_[i].clock_off = of.clocks_off[i % of.clocks_off.size()];
    }
}

void crowd::start(std::size_t which, std::optional<engine::one_shot> once) {
    auto& own = members_[which];
    kill(which);
    process_options options{.name =
                                "p" + std::to_string(which + 1) + "." + std::to_string(++started_),
                            .account = of_.account,
                            .api = of_.api,
                            .database_threads = of_.database_threads,
                            .seed = around_.all.luck.next(),
                            .clock_off = own.clock_off};
    options.account.holder = options.name;
    options.account.once = once;
    own.it = std::make_unique<process>(around_, std::move(options));
}

void crowd::kill(std::size_t which) {
    auto& own = members_[which];
    if (own.it) {
        own.clock_off = own.it->clock().off();
        deaths_ += own.it->ended() ? 0 : 1;
    }
    own.it.reset();
    own.dies_in.reset();
    own.stops_in.reset();
}

void crowd::doom(std::size_t which, std::uint64_t handlers) {
    members_[which].dies_in = handlers;
}

void crowd::hold(std::size_t which, std::uint64_t handlers, std::chrono::microseconds time) {
    members_[which].stops_in = handlers;
    members_[which].stops_for = time;
}

void crowd::revive() {
    for (std::size_t i = 0; i < members_.size(); ++i) {
        auto& own = members_[i];
        own.dies_in.reset();
        own.stops_in.reset();
        if (!own.it || own.it->ended()) {
            start(i);
        } else if (own.it->is_paused()) {
            own.it->go_on();
        }
    }
}

void crowd::after_handler(std::size_t which) {
    auto& own = members_[which];
    if (own.dies_in && (*own.dies_in)-- == 0) {
        kill(which);
        return;
    }
    if (own.stops_in && (*own.stops_in)-- == 0) {
        own.stops_in.reset();
        own.it->pause();
        around_.all.events.plan(around_.all.events.now() + own.stops_for,
                                [this, which, who = own.it->name()] {
                                    auto& it = members_[which].it;
                                    if (it && it->name() == who && it->is_paused()) {
                                        it->go_on();
                                    }
                                });
    }
}

void crowd::run_ready() {
    bool any = true;
    while (any && around_.all.wrong.empty()) {
        any = false;
        for (std::size_t i = 0; i < members_.size(); ++i) {
            if (members_[i].it && members_[i].it->run_one()) {
                any = true;
                after_handler(i);
            }
        }
    }
}

} // namespace callmirror::simulation

#include "daemon/web_view.hpp"

#include <algorithm>

namespace callmirror::daemon {

std::string_view name_of(engine::account_phase phase) {
    switch (phase) {
    case engine::account_phase::starting:
        return "starting";
    case engine::account_phase::held_elsewhere:
        return "held_elsewhere";
    case engine::account_phase::mirroring:
        return "mirroring";
    case engine::account_phase::database_away:
        return "database_away";
    case engine::account_phase::lease_lost:
        return "lease_lost";
    case engine::account_phase::key_refused:
        return "key_refused";
    }
    return "";
}

bool database_is_up(const web_view& view) {
    return view.schema_ready && view.schema_trouble.empty() &&
           std::ranges::none_of(view.accounts, [](const auto* account) {
               return account->phase == engine::account_phase::database_away;
           });
}

readiness readiness_of(const web_view& view) {
    if (view.stopping) {
        return {.ready = false, .text = "stopping\n"};
    }
    if (!view.schema_ready) {
        return {.ready = false, .text = "waiting for the database and its schema\n"};
    }
    if (!view.schema_trouble.empty()) {
        return {.ready = false, .text = "not ready\n" + view.schema_trouble + '\n'};
    }
    readiness result{.ready = true, .text = "ready\n"};
    std::string reasons;
    for (const auto* account : view.accounts) {
        const bool good = account->phase == engine::account_phase::mirroring ||
                          account->phase == engine::account_phase::held_elsewhere;
        auto& to = good ? result.text : reasons;
        to += account->name + ": " + account->state + '\n';
    }
    if (!reasons.empty()) {
        return {.ready = false, .text = "not ready\n" + reasons};
    }
    return result;
}

} // namespace callmirror::daemon

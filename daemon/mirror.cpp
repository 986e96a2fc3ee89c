#include "daemon/mirror.hpp"

#include <array>
#include <unistd.h>

namespace callmirror::daemon {
namespace {

engine::account_options options_of(const mirror_ports& ports,
                                   const config::account_settings& account,
                                   std::optional<engine::one_shot> once) {
    return {.name = account.name,
            .holder = ports.holder,
            .platform = ports.catalog->find(account.provider),
            .companies = account.companies,
            .resources = account.resources,
            .history_start = account.history_start,
            .page_size = static_cast<int>(account.page_size),
            .requests_per_second = account.requests_per_second,
            .max_in_flight = static_cast<int>(account.max_in_flight),
            .poll_interval = ports.poll_interval,
            .snapshot_interval = account.snapshot_interval,
            .batch = {},
            .once = once,
            .own_columns = ports.catalog->own_columns()};
}

} // namespace

std::string make_holder(std::uint32_t chance) {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) {
        host = {"localhost"};
    }
    return std::string(host.data()) + ':' + std::to_string(::getpid()) + ':' +
           std::to_string(chance);
}

mirror::mirror(const mirror_ports& ports, const account_setup& of,
               std::optional<engine::one_shot> once)
    : name_(of.settings.name)
    , catalog_(ports.catalog)
    , api_(ports.executor, of.settings, of.key)
    , engine_(ports.executor, ports.time, api_, ports.store, ports.decoding,
              options_of(ports, of.settings, once), ports.to.report_for(of.settings.name)) {}

} // namespace callmirror::daemon

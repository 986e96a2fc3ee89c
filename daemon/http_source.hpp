// An account's API over HTTP. One io thread; must outlive the requests under way.
#pragma once

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "sync/engine/ports.hpp"
#include "sync/fetch/http_client.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <string>
#include <vector>

namespace callmirror::daemon {

// The value of the Authorization header.
config::secret authorization_of(config::auth_scheme scheme, const config::secret& key);

class http_source final : public engine::source {
public:
    // Throws std::invalid_argument where the settings can't be used: the ca_file above all.
    http_source(boost::asio::any_io_executor executor, const config::account_settings& account,
                const config::secret& key);

    engine::awaitable<fetch::answer> get(const std::string& target) override;
    std::string censored(std::string text) const override;

    // What is under way ends as stopped, and so does what is asked for later.
    void stop() { client_.stop(); }

private:
    std::vector<config::secret> unspeakable_; // the key, plain and as it is sent
    fetch::http_client client_;
};

} // namespace callmirror::daemon

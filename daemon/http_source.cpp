#include "daemon/http_source.hpp"

#include "daemon/version.hpp"

#include <openssl/evp.h>

#include <string_view>
#include <utility>
#include <vector>

namespace callmirror::daemon {
namespace {

// OpenSSL's takes and gives unsigned char; the buffer is wiped, since it is a secret.
config::secret base64(std::string_view text) {
    std::vector<unsigned char> in(text.begin(), text.end());
    std::vector<unsigned char> out(4 * ((in.size() + 2) / 3) + 1);
    const int size = EVP_EncodeBlock(out.data(), in.data(), static_cast<int>(in.size()));
    config::secret result(std::string(out.begin(), out.begin() + size));
    explicit_bzero(in.data(), in.size());
    explicit_bzero(out.data(), out.size());
    return result;
}

fetch::client_options options_of(const config::account_settings& account,
                                 const config::secret& key) {
    const auto authorization = authorization_of(account.auth, key);
    return {.base_url = account.base_url,
            .authorization = std::string(authorization.reveal()),
            .user_agent = "callmirror/" + std::string(version()),
            .ca_file = account.ca_file,
            .max_connections = account.max_in_flight,
            .request_timeout = account.request_timeout,
            .proxy = {}};
}

} // namespace

config::secret authorization_of(config::auth_scheme scheme, const config::secret& key) {
    if (scheme == config::auth_scheme::bearer) {
        return config::secret("Bearer " + std::string(key.reveal()));
    }
    const auto pair = base64(std::string(key.reveal()) + ':');
    return config::secret("Basic " + std::string(pair.reveal()));
}

http_source::http_source(boost::asio::any_io_executor executor,
                         const config::account_settings& account, const config::secret& key)
    : unspeakable_{key, base64(std::string(key.reveal()) + ':')}
    , client_(std::move(executor), options_of(account, key)) {}

engine::awaitable<fetch::answer> http_source::get(const std::string& target) {
    return client_.get(target);
}

// Servers quote the key in error bodies and redirects, and not every key is long enough to look
// like one.
std::string http_source::censored(std::string text) const {
    constexpr std::string_view instead = "...";
    for (const auto& each : unspeakable_) {
        const auto secret = each.reveal();
        for (auto at = text.find(secret); !secret.empty() && at != std::string::npos;
             at = text.find(secret, at + instead.size())) {
            text.replace(at, secret.size(), instead);
        }
    }
    return text;
}

} // namespace callmirror::daemon

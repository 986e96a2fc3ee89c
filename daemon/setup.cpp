#include "daemon/setup.hpp"

#include "config/load.hpp"
#include "config/read_secret.hpp"
#include "sync/postgres/errors.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace callmirror::daemon {
namespace {

// The secret, or nothing and the mistake in `wrong`.
config::secret take(config::secret_result result, std::string& wrong) {
    if (auto* found = std::get_if<config::secret>(&result)) {
        return std::move(*found);
    }
    const auto& error = std::get<config::secret_error>(result);
    wrong += error.text + '\n';
    if (!error.hint.empty()) {
        wrong += "  hint: " + error.hint + '\n';
    }
    return {};
}

config::secret database_url_of(const config::settings& settings, std::string& wrong) {
    auto url = take(config::read_database_url(settings.database), wrong);
    if (wrong.empty()) {
        wrong = mistake_in_url(url);
    }
    return url;
}

// "" where it can't be read: whoever needs it says so.
std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

std::string mistake_in_url(const config::secret& url) {
    try {
        postgres::connection_parameters(database_options(url));
        return {};
    } catch (const postgres::database_refused& error) {
        return std::string(error.what()) + '\n';
    }
}

setup_result load_setup(const std::string& path, const std::vector<std::string>& only) {
    auto loaded = config::load(path);
    if (const auto* mistakes = std::get_if<config::mistakes>(&loaded)) {
        return mistakes->to_text();
    }
    setup all{.settings = std::get<config::settings>(std::move(loaded)),
              .database_url = {},
              .accounts = {}};
    std::string wrong;
    all.database_url = database_url_of(all.settings, wrong);
    for (const auto& account : all.settings.accounts) {
        if (only.empty() || std::ranges::find(only, account.name) != only.end()) {
            all.accounts.push_back(
                {account, take(config::read_api_key(account), wrong), content_of(account.ca_file)});
        }
    }
    if (!wrong.empty()) {
        return wrong;
    }
    return all;
}

std::variant<database_setup, std::string> load_database_setup(const std::string& path) {
    auto loaded = config::load(path);
    if (const auto* mistakes = std::get_if<config::mistakes>(&loaded)) {
        return mistakes->to_text();
    }
    database_setup all{.settings = std::get<config::settings>(std::move(loaded)), .url = {}};
    std::string wrong;
    all.url = database_url_of(all.settings, wrong);
    if (!wrong.empty()) {
        return wrong;
    }
    return all;
}

postgres::session_options database_options(const config::secret& url,
                                           std::chrono::seconds statement_limit) {
    postgres::session_options options;
    options.url = std::string(url.reveal());
    options.statement_limit = statement_limit;
    return options;
}

} // namespace callmirror::daemon

// The configuration file: settings that keep every rule, or mistakes that can be shown.
#include "config/load.hpp"
#include "config/values.hpp"
#include "sync/fetch/url.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <set>
#include <string>
#include <variant>

namespace callmirror::fuzz {
namespace {

using namespace config;
using namespace std::chrono_literals;

void require_account(const account_settings& account) {
    require(is_account_name(account.name), "an account has a name", account.name);
    fetch::parse_base_url(account.base_url); // throws where it can't be asked
    require(account.api_key.origin != secret_origin::literal, "a key is not in the file");
    require(!account.api_key.where.empty(), "a key is somewhere");
    require(account.page_size >= 1 && account.page_size <= 1000, "a page has its bounds");
    require(account.requests_per_second >= 0.01 && account.requests_per_second <= 10'000,
            "a pace has its bounds");
    require(account.max_in_flight >= 1 && account.max_in_flight <= 64, "lanes have their bounds");
    require(account.request_timeout >= 1s && account.request_timeout <= 1h,
            "a time-out has its bounds");
    require(account.snapshot_interval >= 1s && account.snapshot_interval <= 24h,
            "an interval has its bounds");
    const std::set<std::int64_t> companies{account.companies.begin(), account.companies.end()};
    require(companies.size() == account.companies.size() &&
                (companies.empty() || *companies.begin() > 0),
            "companies are distinct and positive");
}

void require_settings(const settings& read) {
    require(read.sync.poll_interval >= 1s && read.sync.poll_interval <= 24h,
            "an interval has its bounds");
    require(!read.accounts.empty(), "there is an account");
    std::set<std::string> names;
    for (const auto& account : read.accounts) {
        require_account(account);
        require(names.insert(account.name).second, "names are distinct", account.name);
    }
    require(!read.http.listen || read.http.allow_remote ||
                config::is_loopback(read.http.listen->host),
            "other machines are let in on a word only");
}

void require_mistakes(const mistakes& told) {
    require(!told.all.empty(), "a mistake is told");
    int line = 0;
    for (const auto& mistake : told.all) {
        require(is_safe_line(mistake.text) && is_safe_line(mistake.hint) &&
                    is_safe_line(mistake.key),
                "a mistake is safe to show", mistake.text);
        require(!mistake.text.empty() && mistake.line >= line, "mistakes come by line",
                mistake.text);
        line = mistake.line;
    }
    require(told.to_text().ends_with('\n'), "a mistake ends its line", told.to_text());
}

} // namespace
} // namespace callmirror::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    const fuzz::input in{data, size};
    const auto read = config::parse(in.rest(), "callmirror.toml");
    if (const auto* const told = std::get_if<config::mistakes>(&read)) {
        fuzz::require_mistakes(*told);
        return 0;
    }
    fuzz::require_settings(std::get<config::settings>(read));
    const auto again = config::parse(in.rest(), "callmirror.toml");
    fuzz::require(std::get<config::settings>(read) == std::get<config::settings>(again),
                  "it reads the same twice", in.rest());
    return 0;
}

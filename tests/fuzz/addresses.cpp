// URLs of the API, of proxies and of what is listened on.
#include "config/read_secret.hpp"
#include "config/values.hpp"
#include "sync/fetch/url.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <optional>
#include <stdexcept>
#include <string>

namespace callmirror::fuzz {
namespace {

constexpr std::string_view login = "user:hunter2hunter2@";

// nullopt where it breaks a rule; then the rule is told, but no login.
template <class Parse>
auto result_of(Parse parse, std::string_view text) -> std::optional<decltype(parse(text))> {
    try {
        return parse(text);
    } catch (const std::invalid_argument& error) {
        const std::string_view rule = error.what();
        require(is_safe_line(rule), "a rule is safe to show", rule);
        require(rule.find("hunter2") == rule.npos, "a login is not repeated", rule);
        return std::nullopt;
    }
}

void try_login(std::string_view text) {
    const std::string with = std::string{login} + std::string{text};
    result_of(fetch::parse_proxy, with);
    result_of(fetch::parse_proxy, "http://" + with);
    require(!result_of(fetch::parse_base_url, "https://" + with), "a base URL has no login", text);
    const auto configured = config::parse_base_url("https://" + with);
    require(configured.url.empty() && !configured.may_show &&
                configured.rule.find("hunter2") == std::string::npos,
            "a base URL has no login", text);
}

void try_base_url(std::string_view text) {
    const auto parsed = result_of(fetch::parse_base_url, text);
    if (parsed) {
        const std::string shown = (parsed->tls ? "https://" : "http://") + to_text(parsed->where);
        require(result_of(fetch::parse_base_url, shown) == parsed, "a URL survives its text",
                shown);
        require(parsed->tls || fetch::is_loopback(parsed->where.host), "plain is for loopback",
                shown);
    }
    const auto configured = config::parse_base_url(text);
    require(configured.url.empty() != configured.rule.empty(), "a URL is good or breaks a rule",
            configured.url);
    if (!configured.url.empty()) {
        require(result_of(fetch::parse_base_url, configured.url).has_value(),
                "what the configuration takes can be asked", configured.url);
        require(config::parse_base_url(configured.url).url == configured.url,
                "a configured URL stays as it is", configured.url);
    }
}

void try_proxy(std::string_view text) {
    const fetch::origin to{true, {"api.example.com", 443}};
    const auto proxy = result_of(fetch::parse_proxy, text);
    require(!proxy || (proxy->where.port != 0 && is_safe_line(fetch::to_text(proxy->where))),
            "a proxy can be named", text);
    require(!proxy || is_safe_line(proxy->authorization), "a login is one header field",
            proxy ? proxy->authorization : "");
    fetch::bypasses_proxy(text, to.where);
    result_of(
        [&to](std::string_view value) {
            return fetch::choose_proxy(to, [value](const std::string& name) {
                return name == "https_proxy" ? std::optional{std::string{value}} : std::nullopt;
            });
        },
        text);
}

void try_listen(std::string_view text) {
    const auto where = config::parse_listen(text);
    require(!where || fetch::is_ip_address(where->host), "only addresses are listened on", text);
    require(!config::is_database_url(text) || text.find('\n') == text.npos,
            "a database URL is one line", text);
}

} // namespace
} // namespace callmirror::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    const fuzz::input in{data, size};
    fuzz::try_login(in.rest());
    fuzz::try_base_url(in.rest());
    fuzz::try_proxy(in.rest());
    fuzz::try_listen(in.rest());
    return 0;
}

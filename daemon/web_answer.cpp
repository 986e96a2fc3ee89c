#include "daemon/web_answer.hpp"

#include "daemon/metrics.hpp"
#include "daemon/status_page.hpp"
#include "sync/base/text.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

constexpr std::string_view text_type = "text/plain; charset=utf-8";
constexpr std::string_view html_type = "text/html; charset=utf-8";

// "[::1]:9464" is "::1", "localhost:9464" is "localhost"; nullopt where it is no host and port.
std::optional<std::string_view> name_in(std::string_view host) {
    auto port = std::string_view();
    auto name = host;
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        name = host.substr(1, end - 1);
        port = host.substr(end + 1);
    } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
        name = host.substr(0, colon);
        port = host.substr(colon);
    }
    const bool port_is_good =
        port.empty() || (port.front() == ':' && std::ranges::all_of(port.substr(1), [](char each) {
                             return each >= '0' && each <= '9';
                         }));
    return port_is_good && !name.empty() ? std::optional(name) : std::nullopt;
}

// "/?account=acme": names of accounts need no escapes.
std::string_view account_in(std::string_view target) {
    constexpr std::string_view key = "?account=";
    const auto at = target.find(key);
    return at == std::string_view::npos ? "" : target.substr(at + key.size());
}

} // namespace

bool host_is_ours(std::string_view host, const web_rules& rules) {
    const auto name = name_in(host);
    if (!name) {
        return false;
    }
    return rules.allow_remote || equals_ignoring_case(*name, "localhost") || *name == "127.0.0.1" ||
           *name == "::1" || equals_ignoring_case(*name, rules.listen_host);
}

web_answer refusal(int status, std::string_view why) {
    return {.status = status, .type = text_type, .body = std::string(why) + '\n'};
}

web_answer answer_to(const web_request& request, const web_rules& rules,
                     const std::function<web_view()>& look) {
    if (!request.host) {
        return refusal(400, "one Host header is wanted");
    }
    if (!host_is_ours(*request.host, rules)) {
        return refusal(421, "this Host is not served here: ask by the address that callmirror "
                            "listens on, or set [http] allow_remote = true");
    }
    if (request.method != "GET" && request.method != "HEAD") {
        return refusal(405, "GET and HEAD only");
    }
    const auto path = request.target.substr(0, request.target.find('?'));
    if (path == "/healthz") {
        return {.status = 200, .type = text_type, .body = "ok\n"};
    }
    if (path == "/readyz") {
        auto found = readiness_of(look());
        return {
            .status = found.ready ? 200 : 503, .type = text_type, .body = std::move(found.text)};
    }
    if (path == "/metrics") {
        return {.status = 200, .type = metrics_type, .body = metrics_text(look())};
    }
    if (path == "/") {
        return {.status = 200,
                .type = html_type,
                .body = status_page(look(), account_in(request.target))};
    }
    return refusal(404, "there are /, /metrics, /healthz and /readyz");
}

} // namespace callmirror::daemon

// Where requests go: base URLs, proxies, and which proxy the environment asks for. Pure: the
// environment is handed in. Errors are std::invalid_argument; their texts name the rule and never
// repeat a URL, since a proxy's may hold a password.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace callmirror::fetch {

// A host and port. `host` is in lower case, without the brackets of an IPv6 address.
struct host_port {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const host_port&) const = default;
};

// "api.snapcall.io:443", "[::1]:8080".
std::string to_text(const host_port& where);
// As a Host field has it: without the port where that is `default_port`.
std::string to_host_field(const host_port& where, std::uint16_t default_port);

bool is_ip_address(std::string_view host);
// "localhost", 127.0.0.0/8 and ::1.
bool is_loopback(std::string_view host);

struct origin {
    bool tls = true;
    host_port where;
    bool operator==(const origin&) const = default;
};

// "https://host", "https://host:port", "http://[::1]:port": no path (a lone "/" is taken), no user,
// no query. http for loopback hosts only.
origin parse_base_url(std::string_view text);

struct proxy_server {
    host_port where;
    std::string
        authorization; // "Basic ...", from the URL's user and password: a secret; "" for none
    bool operator==(const proxy_server&) const = default;
};

// "http://user:password@host:port", "host:port", "host" (port 1080, as curl has it). Proxies spoken
// to over TLS and SOCKS are refused. User and password are percent-decoded.
proxy_server parse_proxy(std::string_view text);

// The value of a variable, nullopt where it is not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

// The proxy the environment asks for, by curl's rules: https_proxy, HTTPS_PROXY, http_proxy (in
// lower case alone: HTTP_PROXY can be set by a CGI request), all_proxy, ALL_PROXY; not for what
// no_proxy or NO_PROXY names, nor for loopback hosts. Empty variables count as not set. A value
// that can't be used throws; the text names the variable.
std::optional<proxy_server> choose_proxy(const origin& to, const environment& variables);

// Whether a NO_PROXY list (commas or blanks) names `where`: "*", "host", ".suffix", "host:port",
// "[::1]:port"; a name covers its subdomains.
bool bypasses_proxy(std::string_view no_proxy, const host_port& where);

} // namespace callmirror::fetch

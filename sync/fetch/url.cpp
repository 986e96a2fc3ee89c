#include "sync/fetch/url.hpp"

#include "sync/base/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <initializer_list>
#include <netinet/in.h>
#include <stdexcept>
#include <vector>

namespace callmirror::fetch {
namespace {

[[noreturn]] void refuse(const std::string& rule) {
    throw std::invalid_argument(rule);
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// inet_pton() would look no further than a U+0000.
bool parse_address(int family, const std::string& host, void* address) {
    return host.find('\0') == host.npos && inet_pton(family, host.c_str(), address) == 1;
}

bool parse_ipv4(const std::string& host, in_addr& address) {
    return parse_address(AF_INET, host, &address);
}

bool parse_ipv6(const std::string& host, in6_addr& address) {
    return parse_address(AF_INET6, host, &address);
}

std::uint16_t parse_port(std::string_view text, const std::string& what) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
        refuse(what + ": the port must be a number from 1 to 65535");
    }
    return port;
}

// "host", "host:port", "[::1]", "[::1]:port".
host_port parse_host_port(std::string_view text, std::uint16_t default_port,
                          const std::string& what) {
    host_port result{{}, default_port};
    std::string_view rest;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        in6_addr ignored{};
        result.host = lower(text.substr(1, end == text.npos ? text.npos : end - 1));
        if (end == text.npos || !parse_ipv6(result.host, ignored)) {
            refuse(what + ": what stands in brackets must be an IPv6 address");
        }
        rest = text.substr(end + 1);
    } else {
        const std::size_t end = std::min(text.find(':'), text.size());
        result.host = lower(text.substr(0, end));
        rest = text.substr(end);
        if (result.host.empty() || !std::ranges::all_of(result.host, is_host_character)) {
            refuse(what + ": the host must be a name in ASCII, an IPv4 address, or an IPv6 address "
                          "in brackets");
        }
    }
    if (rest.starts_with(':')) {
        result.port = parse_port(rest.substr(1), what);
    } else if (!rest.empty()) {
        refuse(what + ": only a port may follow the host");
    }
    return result;
}

int hex_digit(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const char small = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::size_t at = digits.find(small);
    return at == digits.npos ? -1 : static_cast<int>(at);
}

std::string percent_decode(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
        const int low = high < 0 ? -1 : hex_digit(text[at + 2]);
        if (low < 0) {
            result += text[at];
            continue;
        }
        result += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return result;
}

std::string basic_authorization(std::string_view userinfo) {
    const std::size_t colon = std::min(userinfo.find(':'), userinfo.size());
    const std::string plain = percent_decode(userinfo.substr(0, colon)) + ':' +
                              percent_decode(userinfo.substr(std::min(colon + 1, userinfo.size())));
    const std::vector<unsigned char> bytes(plain.begin(), plain.end());
    std::vector<unsigned char> encoded((bytes.size() + 2) / 3 * 4 + 1);
    const int size = EVP_EncodeBlock(encoded.data(), bytes.data(), static_cast<int>(bytes.size()));
    return "Basic " + std::string(encoded.begin(), encoded.begin() + size);
}

struct variable {
    std::string name;
    std::string value;
};

std::optional<variable> first_set(const environment& variables,
                                  std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        auto value = variables(name);
        if (value && !trim(*value).empty()) {
            return variable{name, std::string{trim(*value)}};
        }
    }
    return std::nullopt;
}

bool names_host(std::string_view entry, const host_port& where) {
    if (entry == "*") {
        return true;
    }
    const bool bracketed = entry.starts_with('[');
    const std::size_t colon = entry.rfind(':');
    const bool bare_ipv6 = !bracketed && std::ranges::count(entry, ':') > 1;
    if (colon != entry.npos && !bare_ipv6 && (!bracketed || colon > entry.find(']'))) {
        if (entry.substr(colon + 1) != std::to_string(where.port)) {
            return false;
        }
        entry = entry.substr(0, colon);
    }
    if (bracketed) {
        entry = entry.substr(1, entry.find(']') - 1);
    }
    const std::string name = lower(entry.starts_with('.') ? entry.substr(1) : entry);
    return !name.empty() && (where.host == name || where.host.ends_with('.' + name));
}

} // namespace

std::string to_text(const host_port& where) {
    const bool ipv6 = where.host.find(':') != std::string::npos;
    return (ipv6 ? '[' + where.host + ']' : where.host) + ':' + std::to_string(where.port);
}

std::string to_host_field(const host_port& where, std::uint16_t default_port) {
    std::string text = to_text(where);
    if (where.port == default_port) {
        text.resize(text.rfind(':'));
    }
    return text;
}

bool is_ip_address(std::string_view host) {
    in_addr v4{};
    in6_addr v6{};
    const std::string text{host};
    return parse_ipv4(text, v4) || parse_ipv6(text, v6);
}

bool is_loopback(std::string_view host) {
    in_addr v4{};
    in6_addr v6{};
    const std::string text{host};
    if (parse_ipv4(text, v4)) {
        return ntohl(v4.s_addr) >> 24U == 127;
    }
    if (parse_ipv6(text, v6)) {
        return IN6_IS_ADDR_LOOPBACK(&v6);
    }
    return equals_ignoring_case(host, "localhost");
}

origin parse_base_url(std::string_view text) {
    const std::string what = "base_url";
    origin result;
    const std::string scheme = lower(text.substr(0, std::min(text.find("://"), text.size())));
    if (scheme != "https" && scheme != "http") {
        refuse(what + ": must start with https://, or with http:// for a loopback host");
    }
    result.tls = scheme == "https";
    std::string_view rest = text.substr(std::min(scheme.size() + 3, text.size()));
    if (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    if (rest.find_first_of("/?#@") != rest.npos) {
        refuse(what + ": must be scheme, host and port alone: no user, path or query");
    }
    result.where = parse_host_port(rest, result.tls ? 443 : 80, what);
    if (!result.tls && !is_loopback(result.where.host)) {
        refuse(what + ": http:// is for loopback hosts only; use https://");
    }
    return result;
}

proxy_server parse_proxy(std::string_view text) {
    const std::string what = "proxy";
    const std::size_t scheme_end = text.find("://");
    if (scheme_end != text.npos) {
        if (lower(text.substr(0, scheme_end)) != "http") {
            refuse(what +
                   ": must be an http:// proxy; https:// and socks proxies are not supported");
        }
        text.remove_prefix(scheme_end + 3);
    }
    proxy_server result;
    const std::size_t at = text.rfind('@');
    if (at != text.npos) {
        result.authorization = basic_authorization(text.substr(0, at));
        text.remove_prefix(at + 1);
    }
    if (text.ends_with('/')) {
        text.remove_suffix(1);
    }
    result.where = parse_host_port(text, 1080, what);
    return result;
}

bool bypasses_proxy(std::string_view no_proxy, const host_port& where) {
    while (!no_proxy.empty()) {
        const std::size_t end = std::min(no_proxy.find_first_of(", \t"), no_proxy.size());
        const std::string_view entry = trim(no_proxy.substr(0, end));
        if (!entry.empty() && names_host(entry, where)) {
            return true;
        }
        no_proxy.remove_prefix(std::min(end + 1, no_proxy.size()));
    }
    return false;
}

std::optional<proxy_server> choose_proxy(const origin& to, const environment& variables) {
    const auto excluded = first_set(variables, {"no_proxy", "NO_PROXY"});
    if (is_loopback(to.where.host) || (excluded && bypasses_proxy(excluded->value, to.where))) {
        return std::nullopt;
    }
    auto asked = to.tls ? first_set(variables, {"https_proxy", "HTTPS_PROXY"})
                        : first_set(variables, {"http_proxy"});
    if (!asked) {
        asked = first_set(variables, {"all_proxy", "ALL_PROXY"});
    }
    if (!asked) {
        return std::nullopt;
    }
    try {
        return parse_proxy(asked->value);
    } catch (const std::invalid_argument& error) {
        refuse(asked->name + ": " + error.what());
    }
}

} // namespace callmirror::fetch

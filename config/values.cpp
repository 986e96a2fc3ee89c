#include "config/values.hpp"

#include "sync/base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace callmirror::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct unit {
    char letter;
    seconds length;
};
constexpr std::array<unit, 4> units{{{'d', std::chrono::days{1}},
                                     {'h', std::chrono::hours{1}},
                                     {'m', std::chrono::minutes{1}},
                                     {'s', seconds{1}}}};

using address_bytes = std::array<unsigned char, sizeof(in6_addr)>;

// inet_pton() would look no further than a U+0000.
bool read_address(int family, std::string_view text, address_bytes& to) {
    return text.find('\0') == text.npos &&
           inet_pton(family, std::string{text}.c_str(), to.data()) == 1;
}

bool is_address(int family, std::string_view text) {
    address_bytes ignored{};
    return read_address(family, text, ignored);
}

bool is_host_name(std::string_view text) {
    const auto allowed = [](char c) {
        return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' &&
           text.find("..") == std::string_view::npos && std::ranges::all_of(text, allowed);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional{port} : std::nullopt;
}

// "host", "host:port" or "[address]:port", in its parts.
struct authority {
    std::string_view host; // without brackets
    bool bracketed = false;
    std::optional<std::string_view> port;
};

std::optional<authority> split_authority(std::string_view text) {
    authority parts;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        parts.bracketed = true;
        parts.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        parts.host = text.substr(0, end);
        rest = text.substr(end);
    }
    if (!rest.empty() && rest.front() != ':') {
        return std::nullopt;
    }
    if (!rest.empty()) {
        parts.port = rest.substr(1);
    }
    return parts;
}

base_url_result broken(std::string rule) {
    return {.url = {}, .rule = std::move(rule)};
}

base_url_result check_base_url(bool plain, std::string_view after_scheme) {
    const auto end = std::min(after_scheme.find_first_of("/?#"), after_scheme.size());
    const auto parts = split_authority(after_scheme.substr(0, end));
    const bool host_fits =
        parts && (parts->bracketed ? is_address(AF_INET6, parts->host) : is_host_name(parts->host));
    if (!host_fits) {
        return broken("want a host name or address after ://");
    }
    const auto port = parse_port(parts->port.value_or("443"));
    if (!port || *port == 0) {
        return broken("want a port from 1 to 65535");
    }
    if (after_scheme.size() > end && after_scheme.substr(end) != "/") {
        return broken("want no path after the host: the program adds it");
    }
    if (plain && !is_loopback(parts->host)) {
        return broken("want https://; http:// is for loopback hosts only");
    }
    std::string url = plain ? "http://" : "https://";
    std::ranges::transform(after_scheme.substr(0, end), std::back_inserter(url), lower);
    return {.url = std::move(url), .rule = {}};
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
    if (text.size() < 2 || text.size() > 10 || !is_digit(text.front())) {
        return std::nullopt;
    }
    const char* const end = text.data() + text.size() - 1;
    std::int64_t count = 0;
    const auto [stopped, error] = std::from_chars(text.data(), end, count);
    const auto found = std::ranges::find(units, text.back(), &unit::letter);
    if (error != std::errc{} || stopped != end || found == units.end()) {
        return std::nullopt;
    }
    return found->length * count;
}

std::string duration_text(milliseconds duration) {
    const auto fits = [duration](const unit& each) { return duration % each.length == seconds{0}; };
    const auto found = duration.count() == 0 ? units.end() - 1 : std::ranges::find_if(units, fits);
    if (found == units.end()) {
        return std::to_string(duration / seconds{1}) + "s";
    }
    return std::to_string(duration / found->length) + found->letter;
}

bool is_account_name(std::string_view text) {
    const auto allowed = [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

bool is_loopback(std::string_view host) {
    if (equals_ignoring_case(host, "localhost")) {
        return true;
    }
    address_bytes address{};
    if (read_address(AF_INET, host, address)) {
        return address[0] == 127;
    }
    if (!read_address(AF_INET6, host, address)) {
        return false;
    }
    return address.back() == 1 && std::all_of(address.begin(), address.end() - 1,
                                              [](unsigned char byte) { return byte == 0; });
}

base_url_result parse_base_url(std::string_view text) {
    const auto colon = text.find("://");
    const auto scheme = text.substr(0, std::min(colon, text.size()));
    const bool plain = equals_ignoring_case(scheme, "http");
    base_url_result result;
    if (text.find('@') != std::string_view::npos) {
        result = broken("want no name or password in it");
        result.may_show = false;
    } else if (colon == std::string_view::npos ||
               !(plain || equals_ignoring_case(scheme, "https"))) {
        result = broken("want it to start with https://");
    } else {
        result = check_base_url(plain, text.substr(colon + 3));
    }
    return result;
}

std::optional<listen_address> parse_listen(std::string_view text) {
    const auto parts = split_authority(text);
    if (!parts || !parts->port) {
        return std::nullopt;
    }
    const auto port = parse_port(*parts->port);
    if (!port) {
        return std::nullopt;
    }
    if (!parts->bracketed && equals_ignoring_case(parts->host, "localhost")) {
        return listen_address{"127.0.0.1", *port};
    }
    if (!is_address(parts->bracketed ? AF_INET6 : AF_INET, parts->host)) {
        return std::nullopt;
    }
    return listen_address{std::string{parts->host}, *port};
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    std::string small;
    std::ranges::transform(word, std::back_inserter(small), lower);
    const auto distance = [&small](std::string_view each) { return edit_distance(small, each); };
    const auto found = std::ranges::min_element(known, {}, distance);
    return found == known.end() ? std::string_view{} : *found;
}

} // namespace callmirror::config

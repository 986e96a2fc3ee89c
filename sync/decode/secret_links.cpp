#include "sync/decode/secret_links.hpp"

#include "sync/decode/secret_filter.hpp"
#include "sync/decode/secret_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace callmirror::decode {
namespace {

constexpr std::array<std::string_view, 3> signing{"signature", "sig", "auth"};
constexpr std::string_view ends_a_user = "/?# \t\r\n\"'<>"; // a password may have a backslash

// Appends a query and what comes after it, from its "?" or "#" on.
void append_clean_query(std::string& to, std::string_view query,
                        std::span<const std::string_view> removed) {
    while (!query.empty()) {
        to += query.front(); // what separates it from the one before
        query.remove_prefix(1);
        const auto parameter = query.substr(0, query.find_first_of("&;?#"));
        const auto equals = parameter.find('=');
        const bool is_secret = equals != std::string_view::npos && equals + 1 < parameter.size() &&
                               is_secret_parameter(parameter.substr(0, equals), removed);
        to += is_secret ? parameter.substr(0, equals + 1) : parameter;
        to += is_secret ? removed_value : std::string_view{};
        query.remove_prefix(parameter.size());
    }
}

// A link may stand in another one's query, or right behind it.
std::string without_users(std::string_view text, std::vector<std::string>& passwords) {
    std::string without;
    std::size_t done = 0;
    for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at)) {
        at += 3;
        const auto host_ends = std::min(text.find_first_of(ends_a_user, at), text.size());
        const auto user = text.substr(at, host_ends - at);
        if (const auto ends = user.rfind('@'); ends != std::string_view::npos) {
            without += text.substr(done, at - done);
            without += removed_value;
            done = at + ends;
            if (const auto colon = user.find(':'); colon < ends) {
                passwords.emplace_back(user.substr(colon + 1, ends - colon - 1));
            }
        }
    }
    without += text.substr(done);
    return without;
}

} // namespace

bool is_secret_parameter(std::string_view name, std::span<const std::string_view> removed) {
    return is_secret_name(name, removed) || is_secret_name(name, signing);
}

void append_escaped(std::string& to, std::string_view plain) {
    for (const char c : plain) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            to += '\\';
            to += c;
        } else if (byte < 0x20) {
            to += byte < 0x10 ? "\\u000" : "\\u001";
            to += "0123456789abcdef"[byte & 15U];
        } else {
            to += c;
        }
    }
}

std::string with_clean_links(std::string_view text, const providers::credentials& rules,
                             std::vector<std::string>& passwords) {
    const auto without = without_users(text, passwords);
    text = without;
    std::string clean;
    std::size_t done = 0;
    for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at)) {
        const auto host_ends = std::min(text.find_first_of(ends_a_host, at + 3), text.size());
        const auto link_ends = std::min(text.find_first_of(ends_a_link, host_ends), text.size());
        const auto link = text.substr(0, link_ends);
        const auto query = link.find_first_of("?#", host_ends);
        if (rules.only_hosts && link_ends > host_ends + 1) {
            clean += text.substr(done, host_ends + 1 - done);
            clean += removed_value;
            done = link_ends;
        } else if (query != std::string_view::npos) {
            clean += text.substr(done, query - done);
            append_clean_query(clean, link.substr(query), rules.removed);
            done = link_ends;
        }
        at = link_ends;
    }
    clean += text.substr(done);
    return clean;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view unreserved = "-._~";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || unreserved.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += '%';
            encoded += "0123456789ABCDEF"[byte >> 4U];
            encoded += "0123456789ABCDEF"[byte & 15U];
        }
    }
    return encoded;
}

} // namespace callmirror::decode

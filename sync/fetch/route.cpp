#include "sync/fetch/route.hpp"

#include "sync/fetch/tls.hpp"

#include <algorithm>
#include <stdexcept>

namespace callmirror::fetch {
namespace {

bool is_field_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20U && byte != 0x7FU;
}

void check_field(const std::string& value, const std::string& name) {
    if (!std::ranges::all_of(value, is_field_character)) {
        throw std::invalid_argument(name + ": must not hold control characters");
    }
}

bool is_target_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20U && byte < 0x7FU && c != '#';
}

std::string field(const std::string& name, const std::string& value) {
    return value.empty() ? "" : name + ": " + value + "\r\n";
}

std::string make_connect_request(const route& on, const client_options& options) {
    const std::string target = to_text(on.to.where);
    return "CONNECT " + target + " HTTP/1.1\r\n" + field("Host", target) +
           field("User-Agent", options.user_agent) +
           field("Proxy-Authorization", on.via->authorization) + "\r\n";
}

// A proxy for plain HTTP wants to be told the whole URL, and its own authorization, each time.
void frame_requests(route& on, const client_options& options) {
    const std::string host = to_host_field(on.to.where, on.to.tls ? 443 : 80);
    const bool whole_url = on.via && !on.to.tls;
    on.before_target = whole_url ? "GET http://" + host : "GET ";
    on.after_target = " HTTP/1.1\r\n" + field("Host", host) +
                      "Accept: application/json\r\nAccept-Encoding: gzip\r\n" +
                      field("User-Agent", options.user_agent) +
                      field("Authorization", options.authorization) +
                      field("Proxy-Authorization", whole_url ? on.via->authorization : "") + "\r\n";
}

} // namespace

route make_route(const client_options& options, const environment& variables) {
    check_field(options.authorization, "authorization");
    check_field(options.user_agent, "user_agent");
    route result;
    result.to = parse_base_url(options.base_url);
    if (!options.proxy) {
        result.via = choose_proxy(result.to, variables);
    } else if (!options.proxy->empty()) {
        result.via = parse_proxy(*options.proxy);
    }
    if (result.via && !result.to.tls && !options.authorization.empty()) {
        throw std::invalid_argument(
            "proxy: an http:// base_url with a key can't go through one: it would see the key");
    }
    if (result.to.tls) {
        result.tls = make_tls_context(options.ca_file);
    }
    result.connect_timeout = options.connect_timeout;
    result.handshake_timeout = options.handshake_timeout;
    result.request_timeout = options.request_timeout;
    result.limits = {options.max_header, options.max_body};
    if (result.via) {
        result.connect_request = make_connect_request(result, options);
    }
    frame_requests(result, options);
    return result;
}

std::string make_request(const route& on, const std::string& target) {
    if (!target.starts_with('/') || !std::ranges::all_of(target, is_target_character)) {
        throw std::invalid_argument("get: a target starts with / and is printable ASCII");
    }
    return on.before_target + target + on.after_target;
}

} // namespace callmirror::fetch

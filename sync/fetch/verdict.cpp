#include "sync/fetch/verdict.hpp"

#include "sync/base/text.hpp"

#include <algorithm>
#include <array>

namespace callmirror::fetch {

verdict judge(const answer& got) {
    switch (got.failure) {
    case failure_kind::none:
        break;
    case failure_kind::timeout:
        return verdict::timeout;
    case failure_kind::unreachable:
    case failure_kind::truncated:
    case failure_kind::bad_answer:
        return verdict::connection_lost;
    case failure_kind::too_large:
        return verdict::too_large;
    case failure_kind::bad_certificate:
        return verdict::bad_certificate;
    case failure_kind::stopped:
        return verdict::stopped;
    }
    if (got.status == 200) {
        return verdict::ok;
    }
    switch (got.status) {
    case 401:
        return verdict::unauthorized;
    case 403:
        return verdict::forbidden;
    case 404:
    case 410:
        return verdict::not_found;
    case 408:
    case 425:
        return verdict::server_busy;
    case 429:
        return verdict::throttled;
    default:
        break;
    }
    if (got.status >= 500) {
        return verdict::server_busy;
    }
    if (got.status >= 400) {
        return verdict::bad_request;
    }
    // 204, 206 and the like carry no list; 1xx never gets here.
    return got.status >= 300 ? verdict::redirected : verdict::bad_page;
}

std::string_view name_of(verdict what) {
    constexpr std::array<std::string_view, verdicts> names{
        "ok",         "timeout",         "connection_lost", "throttled", "server_busy",
        "bad_page",   "unauthorized",    "forbidden",       "not_found", "bad_request",
        "redirected", "bad_certificate", "too_large",       "stopped"};
    return names[static_cast<std::size_t>(what)];
}

bool is_retryable(verdict what) {
    switch (what) {
    case verdict::timeout:
    case verdict::connection_lost:
    case verdict::throttled:
    case verdict::server_busy:
    case verdict::bad_page:
        return true;
    case verdict::ok:
    case verdict::unauthorized:
    case verdict::forbidden:
    case verdict::not_found:
    case verdict::bad_request:
    case verdict::redirected:
    case verdict::bad_certificate:
    case verdict::too_large:
    case verdict::stopped:
        return false;
    }
    return false;
}

namespace {

// Where it points to, without what may be secret in it: a user, a query, a fragment.
std::string without_secrets(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const auto authority = url.find("//");
    if (authority != std::string_view::npos) {
        const auto host_end = std::min(url.find('/', authority + 2), url.size());
        const auto at = url.substr(0, host_end).rfind('@');
        if (at != std::string_view::npos && at > authority) {
            return std::string(url.substr(0, authority + 2)) + std::string(url.substr(at + 1));
        }
    }
    return std::string(url);
}

// Error bodies quote what was sent: words as long as a key or a token are left out.
std::string without_tokens(std::string_view text) {
    constexpr std::size_t shortest_token = 20;
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+=";
    std::string shown;
    while (!text.empty()) {
        const auto word = std::min(text.find_first_not_of(alphabet), text.size());
        shown += word >= shortest_token ? "..." : text.substr(0, word);
        text.remove_prefix(word);
        const auto rest = std::min(text.find_first_of(alphabet), text.size());
        shown += text.substr(0, rest);
        text.remove_prefix(rest);
    }
    return shown;
}

// And whom it is about: words with an @ in them, as they stand in a URL as well.
std::string without_addresses(std::string_view text) {
    constexpr std::string_view between = " \t\r\n\"'`<>()[]{},;:=/\\";
    std::string shown;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find_first_of(between));
        const bool is_address =
            word.find('@') != std::string_view::npos || word.find("%40") != std::string_view::npos;
        shown += is_address ? "..." : word;
        text.remove_prefix(word.size());
        const auto rest = std::min(text.find_first_not_of(between), text.size());
        shown += text.substr(0, rest);
        text.remove_prefix(rest);
    }
    return shown;
}

// As text of ours: what has control characters in it comes from outside.
std::string one_line(const std::string& text) {
    const bool clean = std::ranges::none_of(text, [](char each) {
        return static_cast<unsigned char>(each) < 0x20 || static_cast<unsigned char>(each) >= 0x7f;
    });
    return clean ? text : printable(text, text.size(), placed::in_a_sentence);
}

} // namespace

std::string describe(const answer& got) {
    if (got.failure != failure_kind::none) {
        return one_line(got.failure_text);
    }
    auto text = std::to_string(got.status);
    const auto what = judge(got);
    if (what == verdict::redirected && !got.headers.location.empty()) {
        return text + " to " + printable(without_addresses(without_secrets(got.headers.location))) +
               ", which is not followed";
    }
    // What is said about a key that is refused may well be the key.
    if (got.status != 200 && what != verdict::unauthorized &&
        got.headers.content_type.ends_with("json") && !got.body.empty()) {
        text += ' ';
        const auto said = without_tokens(without_addresses(got.body.substr(0, 4096)));
        text += printable(said, 120, placed::in_a_sentence);
    }
    return text;
}

std::chrono::milliseconds backoff(int retry, std::uint32_t chance) {
    const auto whole = std::int64_t{500} << (std::clamp(retry, 1, 7) - 1);
    const auto limit = std::min<std::int64_t>(whole, 30'000);
    return std::chrono::milliseconds(limit / 2 + (limit / 2 * chance >> 32U));
}

} // namespace callmirror::fetch

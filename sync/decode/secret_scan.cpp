#include "sync/decode/secret_scan.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/secret_links.hpp"
#include "sync/decode/secret_names.hpp"

#include <algorithm>
#include <cstring>

namespace callmirror::decode {
namespace {

// std::string_view's own searches call memchr for each byte.
class letters {
public:
    constexpr explicit letters(std::string_view some) { add(some); }
    constexpr letters(std::string_view some, std::string_view more) {
        add(some);
        add(more);
    }
    // Where the first of them stands, from `at` on; the text's end where there is none.
    std::size_t find(std::string_view text, std::size_t at) const {
        while (at < text.size() && !has_[static_cast<unsigned char>(text[at])]) {
            ++at;
        }
        return std::min(at, text.size());
    }

private:
    constexpr void add(std::string_view some) {
        for (const char each : some) {
            has_[static_cast<unsigned char>(each)] = true;
        }
    }
    std::array<bool, 256> has_{};
};
constexpr letters end_of_host(ends_a_host);
constexpr letters end_of_path(ends_a_link, "?#:");
constexpr letters end_of_query(ends_a_link, ":\\");
constexpr letters end_of_parameter("?#&;");
constexpr letters end_of_plain_link(ends_a_link, "\\");

bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// A letter or a sign of ASCII that stands there by its number. Few writers do that, and any name
// could hide behind it.
bool has_numbered_letter(std::string_view text) {
    constexpr std::string_view beginning = "\\u00";
    for (auto at = text.find(beginning); at != text.npos; at = text.find(beginning, at)) {
        at += beginning.size();
        if (at < text.size() && text[at] >= '0' && text[at] <= '7') {
            return true;
        }
    }
    return false;
}

// The name whose closing quote stands before `colon`; "" where there is none. One that has an
// escape may be given in part: the escape is. What looks like a name within a string may be one, of
// JSON in a text.
std::string_view name_before(std::string_view body, std::size_t colon) {
    auto end = colon;
    while (end > 0 && is_blank(body[end - 1])) {
        --end;
    }
    if (end < 2) {
        return {};
    }
    const bool is_nested = body[end - 2] == '\\';
    if (body[end - 1] != '"') {
        const bool is_escaped_blank =
            is_nested && (body[end - 1] == 'n' || body[end - 1] == 't' || body[end - 1] == 'r');
        return is_escaped_blank ? body.substr(end - 2, 1) : std::string_view{};
    }
    if (is_nested && end > 2 && body[end - 3] == '\\') { // deeper still, or a name's own backslash
        return body.substr(end - 3, 2);
    }
    end -= is_nested ? 2 : 1;
    const auto* const quote = static_cast<const char*>(::memrchr(body.data(), '"', end));
    if (quote == nullptr) { // a text without its beginning
        return body.substr(0, end);
    }
    const auto begin = static_cast<std::size_t>(quote - body.data());
    const bool is_escaped = begin > 0 && body[begin - 1] == '\\';
    return is_escaped && !is_nested // it goes on before that
               ? body.substr(begin - 1, 1)
               : body.substr(begin + 1, end - begin - 1);
}

// What a colon is of, by what stands behind it.
enum class colon_of : std::uint8_t { link, escaped_link, disguised_link, other };
colon_of kind_of(std::string_view behind) {
    if (behind.empty() || (behind[0] != '/' && behind[0] != '\\')) {
        return colon_of::other;
    }
    if (behind.starts_with("//")) {
        return colon_of::link;
    }
    if (behind.starts_with("\\/\\/")) {
        return colon_of::escaped_link;
    }
    const auto slashes = behind.substr(0, behind.find_first_not_of("/\\"));
    const bool is_disguised =
        slashes.find('/') != slashes.npos && slashes.find('\\') != slashes.npos;
    return is_disguised ? colon_of::disguised_link : colon_of::other;
}

} // namespace

bool secret_scan::is_telling(std::string_view member) {
    return members_.tells(member, [this](std::string_view name) {
        return name.find('\\') != std::string_view::npos ||
               equals_ignoring_case(name, "value") || // another one says of what
               treatment_of(name, rules_) != treatment::keep;
    });
}

// Notes its secret parameters. False where it may hold more than can be told in plain writing.
// Never looks beyond the link, so that a text of a million of them takes no longer than another
// one.
bool secret_scan::see_link(std::string_view body, std::size_t colon) {
    auto host = colon + 1;
    while (host < body.size() && (body[host] == '/' || body[host] == '\\')) {
        ++host;
    }
    const auto host_ends = end_of_host.find(body, host);
    const bool has_user =
        host_ends > host && std::memchr(body.data() + host, '@', host_ends - host) != nullptr;
    if (has_user || body.substr(host_ends).starts_with("\\\\")) {
        return false;
    }
    if (rules_.only_hosts && host_ends < body.size() &&
        ends_a_link.find(body[host_ends]) == std::string_view::npos) {
        return false;
    }
    auto at = end_of_path.find(body, host_ends);
    while (at < body.size() && body[at] == ':') {
        if (kind_of(body.substr(at + 1)) != colon_of::other) { // the next link
            return true;
        }
        at = end_of_path.find(body, at + 1);
    }
    if (at == body.size() || (body[at] != '?' && body[at] != '#')) {
        return true;
    }
    const auto ends = end_of_query.find(body, at);
    if (ends < body.size() && (body[ends] == ':' || body[ends] == '\\')) { // "\u003d"; a link
        return false;
    }
    const auto query = body.substr(0, ends);
    while (at < ends) {
        const auto begin = at + 1;
        at = end_of_parameter.find(query, begin);
        const auto parameter = query.substr(begin, at - begin);
        const auto name = parameter.substr(0, parameter.find('='));
        const bool is_secret = name.size() + 1 < parameter.size() &&
                               queries_.tells(name, [this](std::string_view each) {
                                   return is_secret_parameter(each, rules_.removed);
                               });
        if (is_secret) {
            parameters_.push_back({begin + name.size() + 1, at});
        }
    }
    return true;
}

secret_scan::found secret_scan::look_at(std::string_view body) {
    parameters_.clear();
    if (has_numbered_letter(body)) {
        return found::more;
    }
    for (auto at = body.find(':'); at != std::string_view::npos; at = body.find(':', at + 1)) {
        switch (kind_of(body.substr(at + 1))) {
        case colon_of::link:
        case colon_of::escaped_link:
            if (!see_link(body, at)) {
                return found::more;
            }
            break;
        case colon_of::disguised_link:
            return found::more;
        case colon_of::other:
            if (is_telling(name_before(body, at))) {
                return found::more;
            }
        }
    }
    return parameters_.empty() ? found::nothing : found::parameters;
}

bool secret_scan::may_hide_more(std::string_view plain) {
    const bool has_colon =
        plain.find(':') != plain.npos || plain.find("003") != plain.npos; // \u003a
    if (has_colon && has_numbered_letter(plain)) {
        return true;
    }
    for (auto at = plain.find(':'); at != std::string_view::npos; at = plain.find(':', at + 1)) {
        const auto kind = kind_of(plain.substr(at + 1));
        if (kind == colon_of::link) {
            at = end_of_plain_link.find(plain, at) - 1;
        }
        const bool is_harmless =
            kind == colon_of::link ? !plain.substr(at + 1).starts_with('\\')
                                   : kind == colon_of::other && !is_telling(name_before(plain, at));
        if (!is_harmless) {
            return true;
        }
    }
    return false;
}

} // namespace callmirror::decode

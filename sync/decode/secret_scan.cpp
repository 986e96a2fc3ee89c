#include "sync/decode/secret_scan.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/secret_links.hpp"
#include "sync/decode/secret_names.hpp"

#include <algorithm>
#include <cstring>

namespace callmirror::decode {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// The name whose closing quote stands before `colon`; "" where there is none. One that has an
// escape may be given in part: the escape is. What looks like a name within a string may be one, of
// JSON in a text.
std::string_view name_before(std::string_view body, std::size_t colon) {
    constexpr std::string_view encoded_quote = "\\u0022";
    auto end = colon;
    while (end > 0 && is_blank(body[end - 1])) {
        --end;
    }
    if (end < 2 || body[end - 1] != '"') {
        const bool is_quote = body.substr(0, end).ends_with(encoded_quote);
        return is_quote ? body.substr(end - encoded_quote.size(), 1) : std::string_view{};
    }
    const bool is_nested = body[end - 2] == '\\';
    if (is_nested && end > 2 && body[end - 3] == '\\') { // deeper still, or a name's own backslash
        return body.substr(end - 3, 2);
    }
    end -= is_nested ? 2 : 1;
    const auto* const quote = static_cast<const char*>(::memrchr(body.data(), '"', end));
    if (quote == nullptr) {
        return {};
    }
    const auto begin = static_cast<std::size_t>(quote - body.data());
    const bool is_escaped = begin > 0 && body[begin - 1] == '\\';
    return is_escaped && !is_nested // it goes on before that
               ? body.substr(begin - 1, 1)
               : body.substr(begin + 1, end - begin - 1);
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
bool secret_scan::see_link(std::string_view body, std::size_t begin, std::size_t end) {
    const auto link = body.substr(begin, end - begin);
    const auto host = std::min(link.find_first_not_of(":/\\"), link.size());
    const auto host_ends = std::min(link.find_first_of(ends_a_host, host), link.size());
    if (link.substr(host, host_ends - host).find('@') != std::string_view::npos) {
        return false;
    }
    if (rules_.only_hosts && host_ends < link.size()) {
        return false;
    }
    const auto query = link.find_first_of("?#", host_ends);
    if (query == std::string_view::npos) {
        return true;
    }
    if (link.find_first_of("\\:", query) != std::string_view::npos) { // "\u003d"; another link
        return false;
    }
    for (auto equals = link.find('=', query); equals != std::string_view::npos;
         equals = link.find('=', equals + 1)) {
        const auto name = link.find_last_of("?#&;", equals) + 1;
        const auto value_ends = std::min(link.find_first_of("?#&; \t'<>", equals), link.size());
        const bool is_secret =
            queries_.tells(link.substr(name, equals - name), [this](std::string_view parameter) {
                return is_secret_parameter(parameter, rules_.removed);
            });
        if (is_secret && value_ends > equals + 1) {
            parameters_.push_back({begin + equals + 1, begin + value_ends});
        }
    }
    return true;
}

secret_scan::found secret_scan::look_at(std::string_view body) {
    parameters_.clear();
    for (auto colon = body.find(':'); colon != std::string_view::npos;
         colon = body.find(':', colon + 1)) {
        const auto rest = body.substr(colon + 1, 4);
        const bool is_link = !rest.empty() && (rest[0] == '/' || rest[0] == '\\') &&
                             (rest.starts_with("//") || rest == "\\/\\/");
        if (!is_link) {
            const auto slash = std::min(body.find_first_not_of('\\', colon + 1), body.size());
            const bool is_nested_link =
                slash > colon + 1 && slash < body.size() && body[slash] == '/';
            if (is_nested_link || is_telling(name_before(body, colon))) {
                return found::more;
            }
            continue;
        }
        const auto end = std::min(body.find('"', colon), body.size());
        if (!see_link(body, colon, end)) {
            return found::more;
        }
    }
    return parameters_.empty() ? found::nothing : found::parameters;
}

} // namespace callmirror::decode

#include "sync/decode/content_hash.hpp"

#include "sync/base/text.hpp"

// In place rather than from the library: the state of a hash in pieces can live on the stack then.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace callmirror::decode {
namespace {

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
    return text.size() >= start.size() && equals_ignoring_case(text.substr(0, start.size()), start);
}

bool is_one_of(std::string_view name, auto&& names) {
    return std::ranges::any_of(
        names, [name](std::string_view one) { return equals_ignoring_case(name, one); });
}

bool is_url(std::string_view contents) {
    if (!starts_with_ignoring_case(contents, "http")) {
        return false;
    }
    contents.remove_prefix(4);
    if (contents.starts_with('s') || contents.starts_with('S')) {
        contents.remove_prefix(1);
    }
    return contents.starts_with("://") || contents.starts_with(":\\/\\/");
}

// What a query's parameters tell of it.
struct query_signs {
    bool is_signed = false;
    bool has_token = false;
    bool has_expiry = false;

    void see(std::string_view name) {
        constexpr std::array<std::string_view, 5> signing{"signature", "sig", "key-pair-id",
                                                          "expires", "hdnts"};
        constexpr std::array<std::string_view, 2> tokens{"token", "hash"};
        constexpr std::array<std::string_view, 3> expiries{"se", "exp", "expiry"};
        is_signed |= starts_with_ignoring_case(name, "x-amz-") ||
                     starts_with_ignoring_case(name, "x-goog-") || is_one_of(name, signing);
        has_token |= is_one_of(name, tokens);
        has_expiry |= is_one_of(name, expiries);
    }
};

// Takes the first parameter off `query` and gives its name. Some servers write "&" as "\u0026" and
// "=" as "\u003d".
std::string_view take_parameter(std::string_view& query) {
    constexpr std::string_view escaped_and = "\\u0026";
    const std::size_t plain = std::min(query.find_first_of("&;"), query.size());
    const std::size_t escaped = query.substr(0, plain).find(escaped_and);
    const std::size_t end = std::min(plain, escaped);
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(query.size(), end + (end == escaped ? escaped_and.size() : 1)));
    return parameter.substr(0, parameter.find_first_of("=\\"));
}

// Where the string that is open at `at` ends: its closing quote. Valid JSON has one.
std::size_t closing_quote(std::string_view json, std::size_t at) {
    while (at < json.size() && json[at] != '"') {
        at += json[at] == '\\' ? 2 : 1;
    }
    return std::min(at, json.size());
}

class hash_state {
public:
    hash_state() { XXH3_64bits_reset(&state_); }
    void add(std::string_view text) { XXH3_64bits_update(&state_, text.data(), text.size()); }
    std::uint64_t digest() const { return XXH3_64bits_digest(&state_); }

private:
    XXH3_state_t state_;
};

// The next signed URL's query, from its "?" to its closing quote, at or after `from`.
struct query_span {
    std::size_t begin = std::string_view::npos;
    std::size_t end = std::string_view::npos;
};

query_span next_signed_query(std::string_view json, std::size_t from) {
    for (;;) {
        const std::size_t mark = json.find('?', from);
        if (mark == std::string_view::npos) {
            return {};
        }
        // A "?" stands only in strings, and a URL has no quote inside.
        const std::size_t quote = json.rfind('"', mark);
        if (quote == std::string_view::npos) {
            return {};
        }
        const bool opens = quote == 0 || json[quote - 1] != '\\';
        if (opens && is_url(json.substr(quote + 1, mark - quote - 1))) {
            const std::size_t end = closing_quote(json, mark);
            const bool is_name = end + 1 < json.size() && json[end + 1] == ':';
            if (!is_name && is_signed_url(json.substr(quote + 1, end - quote - 1))) {
                return {mark, end};
            }
        }
        // Past the next quote, so that no byte is looked at again and again.
        from = std::min(json.find('"', mark), json.size());
    }
}

} // namespace

bool is_signed_url(std::string_view contents) {
    const std::size_t mark = contents.find('?');
    if (mark == std::string_view::npos || !is_url(contents.substr(0, mark))) {
        return false;
    }
    std::string_view query = contents.substr(mark + 1);
    query = query.substr(0, query.find('#'));
    query_signs signs;
    while (!query.empty()) {
        signs.see(take_parameter(query));
    }
    return signs.is_signed || (signs.has_token && signs.has_expiry);
}

std::uint64_t content_hash(std::string_view record) {
    query_span query = next_signed_query(record, 0);
    if (query.begin == std::string_view::npos) {
        return XXH3_64bits(record.data(), record.size());
    }
    hash_state state;
    std::size_t done = 0;
    while (query.begin != std::string_view::npos) {
        state.add(record.substr(done, query.begin - done));
        done = query.end;
        query = next_signed_query(record, done);
    }
    state.add(record.substr(done));
    return state.digest();
}

} // namespace callmirror::decode

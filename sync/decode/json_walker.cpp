#include "sync/decode/json_walker.hpp"

#include "sync/decode/escape.hpp"
#include "sync/decode/number.hpp"
#include "sync/decode/wording.hpp"

// Inline, as most names are a few bytes long.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

namespace callmirror::decode {
namespace {

json_kind literal_kind(std::string_view token) {
    if (token == "true" || token == "false") {
        return json_kind::boolean;
    }
    return token == "null" ? json_kind::null : json_kind::absent;
}

// Of a token that is no bracket, comma or colon; absent where it is no JSON.
json_kind scalar_kind(std::string_view token) {
    switch (token.front()) {
    case '"':
        return json_kind::string;
    case 't':
    case 'f':
    case 'n':
        return literal_kind(token);
    default:
        return is_json_number(token) ? json_kind::number : json_kind::absent;
    }
}

std::string_view without_quotes(std::string_view token) {
    return token.substr(1, token.size() - 2);
}

} // namespace

std::string_view kind_name(char first) {
    switch (first) {
    case '"':
        return "a string";
    case '[':
        return "a list";
    case '{':
        return "an object";
    case 't':
    case 'f':
        return "a boolean";
    case 'n':
        return "null";
    default:
        return "a number";
    }
}

bool is_json(std::string_view text) {
    static const pointer_trie nothing_wanted;
    auto& index = json_index::of_this_thread();
    if (index.build(text) != json_index::outcome::done) {
        return false;
    }
    json_walker walker{nothing_wanted};
    walker.start(index.text());
    return walker.problem(walker.value(0)).empty();
}

json_walker::json_walker(const pointer_trie& wanted)
    : trie_{&wanted}
    , wanted_(wanted.size()) {}

std::uint32_t json_walker::record(std::uint32_t at) {
    std::ranges::fill(wanted_, json_value{});
    has_blanks_ = false;
    signature_ = 0;
    return walk(at, pointer_trie::root, 0);
}

std::uint32_t json_walker::value(std::uint32_t at) {
    return walk(at, pointer_trie::none, 0);
}

std::uint32_t json_walker::skip(std::uint32_t at) {
    open_.clear();
    for (; at < text_.count(); ++at) {
        const char c = text_.first(at);
        if (c == '{' || c == '[') {
            open_.push_back(c == '{');
        } else if (c == '}' || c == ']') {
            if (open_.empty() || open_.back() != (c == '}')) {
                return fail(at, "not JSON");
            }
            open_.pop_back();
        }
        if (open_.empty()) {
            return at + 1;
        }
    }
    return fail(at, "cut short");
}

json_value json_walker::passed(std::uint32_t at, std::uint32_t after) const {
    const std::string_view text = text_.span(at, after);
    switch (text.front()) {
    case '{':
        return {json_kind::object, text};
    case '[':
        return {json_kind::array, text};
    case '"':
        return {json_kind::string, without_quotes(text)};
    case 'n':
        return {json_kind::null, text};
    case 't':
    case 'f':
        return {json_kind::boolean, text};
    default:
        return {json_kind::number, text};
    }
}

std::string_view json_walker::name(std::uint32_t at) {
    const std::string_view raw = without_quotes(text_.token(at));
    if (raw.find('\\') == std::string_view::npos) {
        return raw;
    }
    name_.clear();
    append_unescaped(name_, raw); // a bad escape is found when the record is written
    return name_.view();
}

std::uint32_t json_walker::fail(std::uint32_t at, std::string_view fault) {
    fault_ = at < text_.count() ? fault : "cut short";
    fault_offset_ = text_.offset(std::min(at, text_.count()));
    return 0;
}

std::string json_walker::problem(std::uint32_t after) const {
    if (after == 0) {
        return joined({fault_, " at byte ", std::to_string(fault_offset_)});
    }
    if (after != text_.count()) {
        return joined(
            {"not JSON: more text after its end, at byte ", std::to_string(text_.offset(after))});
    }
    return {};
}

std::uint32_t json_walker::walk(std::uint32_t at, node_id node, int depth) {
    switch (text_.first(at)) {
    case '{':
        return walk_object(at, node, depth);
    case '[':
        return walk_array(at, node, depth);
    case '"':
        sign('"');
        return at + 1; // the index has checked where it ends
    case '\0':
    case '}':
    case ']':
    case ',':
    case ':':
        return fail(at, "not JSON");
    default: {
        const auto kind = scalar_kind(text_.token(at));
        sign(static_cast<std::uint64_t>(kind));
        return kind != json_kind::absent ? at + 1 : fail(at, "not JSON");
    }
    }
}

void json_walker::sign(std::uint64_t what) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
    signature_ = (std::rotl(signature_, 23) ^ what) * odd;
}

std::uint32_t json_walker::walk_note(std::uint32_t at, node_id node, int depth) {
    if (node == pointer_trie::none) {
        return walk(at, node, depth);
    }
    for (const node_id below : trie_->below(node)) { // of an earlier member of the same name
        wanted_[below] = {};
    }
    const std::uint32_t after =
        walk(at, trie_->has_children(node) ? node : pointer_trie::none, depth);
    if (after != 0) {
        wanted_[node] = passed(at, after);
    }
    return after;
}

std::uint32_t json_walker::walk_object(std::uint32_t at, node_id node, int depth) {
    if (depth >= deepest) {
        return fail(at, "nested deeper than 512");
    }
    ++at;
    note_blank(at);
    sign('{');
    if (text_.first(at) == '}') {
        return at + 1;
    }
    for (;;) {
        if (text_.first(at) != '"' || text_.first(at + 1) != ':') {
            return fail(text_.first(at) == '"' ? at + 1 : at, "not JSON");
        }
        note_blank(at + 1);
        note_blank(at + 2);
        const std::string_view raw_name = without_quotes(text_.token(at));
        sign(XXH3_64bits(raw_name.data(), raw_name.size()));
        const node_id child = node == pointer_trie::none ? node : trie_->child(node, name(at));
        at = walk_note(at + 2, child, depth + 1);
        if (at == 0) {
            return 0;
        }
        note_blank(at);
        if (text_.first(at) == '}') {
            sign('}');
            return at + 1;
        }
        if (text_.first(at) != ',') {
            return fail(at, "not JSON");
        }
        ++at;
        note_blank(at);
    }
}

std::uint32_t json_walker::walk_array(std::uint32_t at, node_id node, int depth) {
    if (depth >= deepest) {
        return fail(at, "nested deeper than 512");
    }
    ++at;
    note_blank(at);
    sign('[');
    if (text_.first(at) == ']') {
        return at + 1;
    }
    std::uint64_t outside = signature_;
    std::uint64_t last = 0;
    for (std::uint32_t element = 0;; ++element) {
        node_id child = pointer_trie::none;
        if (node != pointer_trie::none) {
            std::array<char, 12> digits;
            const auto end = std::to_chars(digits.begin(), digits.end(), element).ptr;
            child = trie_->child(node, {digits.begin(), end});
        }
        signature_ = 0;
        at = walk_note(at, child, depth + 1);
        if (at == 0) {
            return 0;
        }
        const auto of_element = std::exchange(signature_, outside);
        if (of_element != std::exchange(last, of_element)) {
            sign(of_element);
            outside = signature_;
        }
        note_blank(at);
        if (text_.first(at) == ']') {
            sign(']');
            return at + 1;
        }
        if (text_.first(at) != ',') {
            return fail(at, "not JSON");
        }
        ++at;
        note_blank(at);
    }
}

} // namespace callmirror::decode

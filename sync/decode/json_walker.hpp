// Walks JSON token by token: checks all of it against RFC 8259 but for the escapes in strings, and
// notes where the values are that a trie of pointers asks for. Nothing is copied or allocated.
#pragma once

#include "sync/decode/byte_buffer.hpp"
#include "sync/decode/json_text.hpp"
#include "sync/decode/pointer_trie.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// Whether `text` is JSON from end to end, but for the escapes in its strings. Uses the thread's
// index.
bool is_json(std::string_view text);

class json_walker {
public:
    // Deeper nesting than any platform serves, and far less than PostgreSQL's parser can take.
    static constexpr int deepest = 512;

    // `wanted` must outlive the walker.
    explicit json_walker(const pointer_trie& wanted);

    void start(const json_text& text) { text_ = text; }
    const json_text& text() const { return text_; }

    // All of these take a token's number and give that of the token after the value, or 0 where it
    // is no JSON or nested too deep; fault() then says which.
    std::uint32_t record(std::uint32_t at); // notes values, and whether there are blanks
    std::uint32_t value(std::uint32_t at);  // checks only
    // Over a value whose inside is no JSON: by its brackets alone, however deep. 0 where they don't
    // match.
    std::uint32_t skip(std::uint32_t at);

    // The value at `at`, which record() or value() has passed. `after` is what they gave.
    json_value passed(std::uint32_t at, std::uint32_t after) const;
    // Calls `member(name, at)` for each member of the object at `at`; it gives the token after the
    // member's value, or 0.
    template <typename Member>
    std::uint32_t members(std::uint32_t at, Member&& member);

    // A member's name at `at` as it is meant; a view of the body or of a buffer that the next call
    // uses again.
    std::string_view name(std::uint32_t at);

    std::uint32_t fail(std::uint32_t at, std::string_view fault);
    std::string_view fault() const { return fault_; } // "not JSON", "nested deeper than 512"
    // Why the body is no JSON, `after` being what its outermost value gave; "" where it is.
    std::string problem(std::uint32_t after) const;

    // Of the last record(). Where a name stands twice in an object, its last value counts, as in
    // PostgreSQL's jsonb.
    const json_value& wanted(pointer_trie::node_id node) const { return wanted_[node]; }
    bool has_blanks() const { return has_blanks_; } // between tokens
    // The same for records with the same names and types at the same places, lists of equal
    // elements counting as one of them; another for all others, as far as 64 bits can tell.
    std::uint64_t signature() const { return signature_; }

private:
    using node_id = pointer_trie::node_id;
    std::uint32_t walk(std::uint32_t at, node_id node, int depth);
    std::uint32_t walk_object(std::uint32_t at, node_id node, int depth);
    std::uint32_t walk_array(std::uint32_t at, node_id node, int depth);
    std::uint32_t walk_note(std::uint32_t at, node_id node, int depth);
    void sign(std::uint64_t what);
    void note_blank(std::uint32_t at) { has_blanks_ |= text_.blank_before(at); }

    const pointer_trie* trie_;
    json_text text_;
    std::vector<json_value> wanted_; // by node
    std::vector<bool> open_;         // of skip(): true for an object
    byte_buffer name_;
    bool has_blanks_ = false;
    std::uint64_t signature_ = 0;
    std::string_view fault_;
    std::size_t fault_offset_ = 0; // bytes from the start of the body
};

template <typename Member>
std::uint32_t json_walker::members(std::uint32_t at, Member&& member) {
    ++at;
    if (text_.first(at) == '}') {
        return at + 1;
    }
    for (;;) {
        if (text_.first(at) != '"' || text_.first(at + 1) != ':') {
            return fail(text_.first(at) == '"' ? at + 1 : at, "not JSON");
        }
        at = member(std::string{name(at)}, at + 2);
        if (at == 0) {
            return 0;
        }
        if (text_.first(at) == '}') {
            return at + 1;
        }
        if (text_.first(at) != ',') {
            return fail(at, "not JSON");
        }
        ++at;
    }
}

} // namespace callmirror::decode

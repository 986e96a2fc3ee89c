// What simdjson's first stage makes of a body: where each token of the JSON starts. UTF-8 and the
// ends of strings are checked by then; all else (brackets, commas, numbers, escapes) is not.
#pragma once

#include "sync/decode/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace callmirror::decode {

enum class json_kind : std::uint8_t { absent, null, boolean, number, string, object, array };

struct json_value {
    json_kind kind = json_kind::absent;
    std::string_view text; // as in the body; a string's without its quotes, still escaped
};

// Appends valid JSON without the blanks between its tokens.
void append_compact(byte_buffer& to, std::string_view json);

// `a number`, by a value's first character.
std::string_view kind_name(char first);

// Tokens by number: each bracket, comma and colon is one, so is each string and each run of other
// characters. Cheap to copy; views the body and the index it was made with.
class json_text {
public:
    json_text() = default;
    json_text(std::string_view body, const std::uint32_t* starts, std::uint32_t count)
        : body_{body}
        , starts_{starts}
        , count_{count} {}

    std::uint32_t count() const { return count_; }

    // U+0000 past the last token.
    char first(std::uint32_t at) const { return at < count_ ? body_[starts_[at]] : '\0'; }

    std::size_t offset(std::uint32_t at) const { return starts_[at]; } // at <= count()

    bool blank_before(std::uint32_t at) const {
        return at < count_ && starts_[at] > 0 && is_blank(body_[starts_[at] - 1]);
    }

    // Without the blanks after it. `at` < count().
    std::string_view token(std::uint32_t at) const { return span(at, at + 1); }

    // From the token `at` to the end of the token before `end`. `at` < `end` <= count().
    std::string_view span(std::uint32_t at, std::uint32_t end) const {
        std::size_t stop = starts_[end];
        while (is_blank(body_[stop - 1])) { // ends at the token's first character at the latest
            --stop;
        }
        return body_.substr(starts_[at], stop - starts_[at]);
    }

private:
    static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

    std::string_view body_;
    const std::uint32_t* starts_ = nullptr; // count_ + 1 of them: the last is the body's size
    std::uint32_t count_ = 0;
};

// Holds the memory of one index, reused from body to body. One thread at a time.
class json_index {
public:
    json_index();
    ~json_index();
    json_index(json_index&&) noexcept;
    json_index& operator=(json_index&&) noexcept;

    // Hundreds of kilobytes that are needed only within a call: one for all lists of a thread, of
    // which there may be thousands.
    static json_index& of_this_thread();

    enum class outcome : std::uint8_t { done, bad_utf8, control_character, open_string, too_large };
    // `body` must outlive what text() gives.
    outcome build(std::string_view body);
    const json_text& text() const { return text_; }

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
    json_text text_;
};

} // namespace callmirror::decode

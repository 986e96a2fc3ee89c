// What surrounds the records on a page: which member holds them, what the totals are, and whether
// the page is an error after all. Pure: told name by name what is there. One thread at a time.
#pragma once

#include "sync/decode/decoder.hpp"
#include "sync/decode/json_text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// "totalCount", "total_count" and "total-count" are one name: lower case, without "_", "-" and
// blanks. Names longer than 40 bytes become "".
std::string plain_name(std::string_view name);

// Where a member stands.
enum class level : std::uint8_t {
    top,
    wrapper, // in data, result, response or payload
    hints    // in pagination, meta and their like
};

// The order in which a resource's records are looked for. Lower is better.
class record_names {
public:
    explicit record_names(std::string_view resource);

    static constexpr int unusual = 10'000;
    static constexpr int bare = -1; // no name at all

    // Of an array. `wrapper` is that of the object it is in, or -1 at the top. nullopt for names
    // that never hold records (errors, links).
    std::optional<int> rank(std::string_view name, int wrapper) const;
    // Of an object that may be the one record that was asked for; nullopt where it can't be.
    std::optional<int> single_rank(std::string_view name, int wrapper) const;
    // 0 to 3 for data, result, response, payload; -1 for any other name.
    static int wrapper(std::string_view name);
    // pagination, meta, links and their like.
    static bool holds_hints(std::string_view name);

private:
    std::vector<std::string> own_;    // "streamevents", "events"
    std::vector<std::string> single_; // "streamevent", "event"
};

// Gathers hints and signs of an error from an envelope's members.
class envelope_reader {
public:
    // A scalar, or an object or list of which only `value.kind` and its text are looked at.
    void see(std::string_view name, const json_value& value, level where);

    // `an error object: "error" is "Bad Request", "message" is "..."`; "" where it is none.
    std::string error() const;
    // `its members are "id", "name", and "message" is "..."`: the first few names at the top.
    std::string members() const;
    // total, total_pages and more.
    void tell(envelope_hints& to) const;

private:
    void see_hint(const std::string& plain, const json_value& value);
    void see_error(const std::string& plain, std::string_view name, const json_value& value);
    void see_more(bool more);

    std::optional<std::uint64_t> total_;
    std::optional<std::uint64_t> count_;
    std::optional<std::uint64_t> pages_;
    std::optional<bool> more_;
    bool is_error_ = false;
    std::string error_;
    std::string message_;
    std::string names_;
    int name_count_ = 0;
};

} // namespace callmirror::decode

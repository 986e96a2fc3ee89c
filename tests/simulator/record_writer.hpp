// Writes one record's JSON in a style. Inside the simulator only.
#pragma once

#include "tests/simulator/record_text.hpp"

#include <charconv>
#include <string>
#include <string_view>

namespace callmirror::simulator {

class record_writer {
public:
    record_writer(std::string& out, const world& from, const record_style& style)
        : out_(out)
        , world_(from)
        , style_(style) {}

    const world& source() const { return world_; }
    const record_style& style() const { return style_; }

    void open() {
        comma();
        out_ += '{';
        needs_comma_ = false;
    }
    void close() {
        out_ += '}';
        needs_comma_ = true;
    }
    record_writer& key(std::string_view name) {
        comma();
        out_ += '"';
        out_ += name;
        out_ += "\":";
        needs_comma_ = false;
        return *this;
    }
    // Verbatim JSON.
    void raw(std::string_view json) {
        comma();
        out_ += json;
        needs_comma_ = true;
    }
    void null() { raw("null"); }
    void boolean(bool value) { raw(value ? "true" : "false"); }
    // What needs no escaping: all texts of the simulator but the hostile ones.
    void text(std::string_view value) {
        comma();
        out_ += '"';
        out_ += value;
        out_ += '"';
        needs_comma_ = true;
    }
    void number(std::int64_t value) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        const std::string_view written(digits, static_cast<std::size_t>(end - digits));
        style_.numbers_as_text ? text(written) : raw(written);
    }
    // Text of digits only, such as a phone number.
    void digits(std::string_view value) { style_.text_as_numbers ? raw(value) : text(value); }
    void time(std::int64_t ms);
    // "https://media...": signed where the style says so.
    void media_url(std::string_view folder, std::uint64_t luck, std::string_view suffix);

private:
    void comma() {
        if (needs_comma_) {
            out_ += ',';
        }
    }

    std::string& out_;
    const world& world_;
    const record_style& style_;
    bool needs_comma_ = false;
};

// A person as calls, events and users show them.
std::string_view first_name(std::uint64_t luck);
std::string_view last_name(std::uint64_t luck);

// One for each kind of record: what stands between the braces.
void write_call(record_writer& to, resource of, ordinal which);
void write_day(record_writer& to, ordinal which);
void write_stream(record_writer& to, ordinal which);
void write_event(record_writer& to, ordinal which);
void write_small(record_writer& to, resource of, ordinal which); // the small lists

// A call's own times.
std::int64_t started_at(const world& from, resource of, ordinal which);
// When the event happened, up to 5 s before its record was created.
std::int64_t emitted_at(const world& from, ordinal which);
inline std::int64_t updated_at(const record& each) {
    return each.created + static_cast<std::int64_t>(each.touched) * 1000;
}
// A scatter for each of a record's fields; `purpose` tells them apart.
std::uint64_t luck_of(const world& from, resource of, ordinal which, std::uint64_t purpose);

} // namespace callmirror::simulator

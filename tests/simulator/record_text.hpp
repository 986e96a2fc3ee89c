// A record's JSON text, made from the world's few bytes about it. Pure; ~1 us for an event.
#pragma once

#include "tests/simulator/world.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace callmirror::simulator {

enum class date_form : std::uint8_t {
    iso,        // 2026-11-20T10:00:00.000Z
    iso_offset, // 2026-11-20T12:00:00.000+02:00
    iso_local,  // 2026-11-20T10:00:00.000: no offset, UTC is meant
    sql,        // 2026-11-20 10:00:00.000
    epoch_s,    // 1795514400: the milliseconds are lost
    epoch_ms,   // 1795514400000
    epoch_text, // "1795514400000"
};

// Which of the likely names a call's fields have.
enum class call_names : std::uint8_t { snake, camel, terse };

// What can be wrong with a record. Those without a key can't be mirrored at all.
enum class hostile_kind : std::uint8_t {
    nul,           // U+0000 in a text
    surrogate,     // a lone surrogate, as \ud83d
    huge_number,   // integers and fractions no double or bigint holds
    bare,          // the key and nothing else
    wrong_types,   // text where a number belongs, an object where a date does, impossible dates
    control,       // terminal escapes, line breaks, SQL, HTML
    deep,          // 60 levels of arrays
    wide,          // a megabyte of text
    no_key,        // an object without its key
    null_key,      // its key is null
    null_record,   // null instead of an object
    text_record,   // a string instead of an object
    array_record,  // an array instead of an object
    number_record, // a number instead of an object
};
inline constexpr std::size_t hostile_kind_count = 14;
constexpr bool has_key(hostile_kind kind) {
    return kind < hostile_kind::no_key;
}
std::string_view name_of(hostile_kind kind);

struct record_style {
    date_form dates = date_form::iso;
    call_names calls = call_names::snake;
    bool numbers_as_text = false; // "id": "4100001"
    bool text_as_numbers = false; // "ani": 33612345678
    // Media URLs carry a signature that changes with each period of so many seconds; 0: no
    // signature, no query part. The oracle is rendered without.
    std::int64_t signature_period_s = 0;
    std::int64_t now_ms = 0;             // for the signature only
    std::uint32_t hostile_every = 0;     // one record of so many, by chance of the seed; 0: none
    std::uint32_t hostile_kinds = 0xFFF; // bit set of 1 << hostile_kind
};

void append_text(std::string& out, const world& from, resource of, ordinal which,
                 const record_style& style);
std::string text_of(const world& from, resource of, ordinal which, const record_style& style);

// False for a record that hostile_every or replace_text() left without a usable key.
bool is_keyed(const world& from, resource of, ordinal which, const record_style& style);

// The oracle: every record that is there, in the order of ids; the key is "" for one that has none.
// `text` is valid during the call.
using record_visitor =
    std::function<void(std::string_view key, std::string_view text, ordinal which)>;
void for_each_current(const world& from, resource of, const record_style& style,
                      const record_visitor& visit);
// Key to text, those without a key left out.
std::map<std::string, std::string> current_records(const world& from, resource of,
                                                   const record_style& style = {});

// The text with signatures (a query part that begins "?X-Amz-") taken out of its URLs.
std::string without_signatures(std::string_view text);

} // namespace callmirror::simulator

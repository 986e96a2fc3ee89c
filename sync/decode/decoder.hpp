// Turns the body of a listing's page, or of one record, into rows ready for PostgreSQL's COPY.
//
// Pure: no clock, no socket, no database. The page is never made into a tree: simdjson finds the
// tokens, one walk over them checks the JSON and picks the typed columns on the way, and each
// record's own text goes through as it is (sanitised where PostgreSQL's jsonb needs it; credentials
// are taken out before all else).
// A decoder holds reused buffers: one for each thread that decodes; not to be shared.
#pragma once

#include "sync/decode/field_catalog.hpp"
#include "sync/providers/provider.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// A record that can't be mirrored: no object, no key, or a key that does not fit.
struct rejected_record {
    std::string reason; // "no \"id\"", the same wherever the record stands; printable
    std::string raw;    // as served, at most 1 MiB, valid UTF-8 without U+0000
};

struct decoded_record {
    std::string_view key;    // canonical text; for bigint decimal digits; lives in the page
    std::string_view line;   // one COPY text line with its newline; lives in the page
    std::uint64_t hash;      // content_hash() of its text, and from where its columns are filled
    std::uint32_t shape = 0; // in the decoder's field_catalog; 0 where it has none
    bool operator==(const decoded_record&) const = default;
};

// What the envelope says beside the records. Hints only: servers get totals wrong.
struct envelope_hints {
    std::optional<std::uint64_t> total;       // records in the whole listing
    std::optional<std::uint64_t> total_pages; // where only a number of pages is served
    std::optional<bool> more;                 // has_more and its like; `next` null means false
    std::string records_at;    // "/data/items": where the array was; "" for a bare one
    bool unusual_name = false; // the array's name is none of those expected
};

// One page. Views in `records` point into its own buffers: they move with it, and die with it.
struct decoded_page {
    std::vector<decoded_record> records;
    std::vector<rejected_record> rejected;
    std::size_t served = 0;    // records on the page, rejected ones too
    std::uint64_t misfits = 0; // values that did not fit their typed column
    std::string first_misfit;  // `row 12: "started_at" is "yesterday", want a time`; "" where none
    envelope_hints hints;
    std::unique_ptr<char[]> keys;  // backs decoded_record::key
    std::unique_ptr<char[]> lines; // backs decoded_record::line
};

// Why a body is not a page, or not a record: `"calls page 7": not JSON: ...` without the place.
struct bad_body {
    std::string reason; // printable, lower case
};

class decoder {
public:
    // `account` stands first in every line. `resource` must outlive the decoder, and so must
    // `fields`, where the shapes of the records are noted.
    decoder(std::string_view account, const providers::resource& resource,
            field_catalog* fields = nullptr);
    ~decoder();
    decoder(decoder&&) noexcept;
    decoder& operator=(decoder&&) noexcept;

    // `body` is only read, and needed no longer than the call.
    // The fields of a line, in COPY's text format, tab-separated:
    //   account, id, content_hash (as a signed bigint), the resource's columns in order, raw
    // nullopt in the result: see `error`.
    struct result {
        std::optional<decoded_page> page;
        bad_body error;
    };
    result page(std::string_view body);

    // The answer of a single-record endpoint: the record itself, or under the envelope names. Gives
    // a page of exactly one record, or an error. `asked_for`: the key, for resources whose records
    // need not say it themselves.
    result record(std::string_view body, std::string_view asked_for = {});

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

// The columns of a line as COPY names them: "account", "id", "content_hash", ..., "raw".
std::vector<std::string> line_columns(const providers::resource& resource);

} // namespace callmirror::decode

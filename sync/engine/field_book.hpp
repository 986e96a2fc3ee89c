// Counts which JSON paths a resource's new and changed records have, and notices what is new, comes
// back, changes its type or is gone. Pure: time is handed in. One io thread; belongs to a session.
//
// A path counts as vanished when it was not seen for a day, and for 50 times as many records as lay
// between two of its sightings before, at least 100: rare ones may stay away for long, and a quiet
// night says nothing. Nothing is news within the first 100 records, of the first day.
#pragma once

#include "sync/base/time.hpp"
#include "sync/decode/field_catalog.hpp"
#include "sync/engine/field_change.hpp"
#include "sync/write/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace callmirror::engine {

struct field_news {
    field_change what;
    std::string path;
    std::string type;
};

class field_book {
public:
    // `known`: what the database has of this resource.
    field_book(std::string resource, const std::vector<write::field_row>& known);

    // For the decoders of the resource's lists; lives as long as the book.
    decode::field_catalog& catalog() { return catalog_; }

    // A record on its way to the database.
    void saw(decode::field_catalog::shape_id shape);

    // What is to be written now: nothing while it is only a matter of counts, but for once a
    // minute. Totals, so that writing them twice is the same as once.
    struct page {
        std::vector<write::field_row> rows;
        std::vector<field_news> news;
        bool is_learning = false; // too little was seen before for any of it to be news
    };
    page take(utc_time now, bool in_any_case);

private:
    struct entry {
        std::uint64_t seen = 0; // records
        std::uint64_t last_record = 0;
        utc_time first_seen_at{};
        utc_time last_seen_at{};
        std::optional<utc_time> vanished_at;
    };
    void note_sighting(decode::field_catalog::field_id id, std::uint64_t count, utc_time now,
                       page& to);
    bool is_gone(const entry& of, utc_time now) const;
    bool has_other_type(decode::field_catalog::field_id id) const;
    write::field_row row_of(decode::field_catalog::field_id id) const;

    std::string resource_;
    decode::field_catalog catalog_;
    std::vector<entry> entries_;         // by field id; seen 0: not known before
    std::vector<std::uint64_t> pending_; // records by shape
    std::uint64_t records_ = 0;          // looked at, ever
    utc_time taken_at_{};
    bool any_pending_ = false;
    bool has_unknown_ = false;
};

} // namespace callmirror::engine

// Takes the pages of one slice's read, keeps what is new or changed for the database, and tells at
// the end which keys are missing. No I/O; belongs to one read.
#pragma once

#include "sync/decode/decoder.hpp"
#include "sync/engine/batch_limits.hpp"
#include "sync/engine/latest_rows.hpp"
#include "sync/fetch/paginator.hpp"
#include "sync/plan/digest.hpp"
#include "sync/write/store.hpp"

#include <string>
#include <vector>

namespace callmirror::engine {

class slice_sink {
public:
    // `before`: what the slice held when it was last read, and what was committed since.
    slice_sink(std::string resource, std::string where, plan::digest before);

    // What a page says of itself, without taking it.
    fetch::page_facts facts_of(const decode::decoded_page& page) const;
    // Takes its records. The facts count those that this pass has shown before.
    // `asked_at`: when the page was asked for. What is in `latest` as deleted is written in any
    // case.
    fetch::page_facts take(const decode::decoded_page& page, steady_time asked_at,
                           latest_rows& latest);
    // The pages are read once more from the start. What was taken stays known to be in the mirror.
    void begin_pass() { seen_ = {}; }

    const plan::digest& seen() const { return seen_; }
    bool knows(std::string_view key) const { return known_.find(key).has_value(); }
    bool batch_is_full(const batch_limits& most) const {
        return batch_.rows.size() >= most.rows || batch_.lines.size() >= most.bytes;
    }
    bool batch_is_empty() const { return batch_.rows.empty() && rejected_.empty(); }

    // Leaves out rows of which a newer state is written already. The digest does not vouch for
    // them.
    void drop_older(const latest_rows& latest);
    // Notes the rows that are about to be written.
    void note_written(latest_rows& latest) const;

    // Megabytes that were touched before cost less than new ones: the batch is collected in
    // `lines`, whose content is dropped. While it is empty.
    void reuse_lines(std::string lines);

    // Moves the rows into the unit, with the piece of digest that belongs to them.
    void flush(write::commit_unit& unit, plan::slice_id slice, std::int64_t piece);

    // Keys of `before` that this pass has not shown, with the hash they had.
    struct missing_key {
        std::string key;
        std::uint64_t hash;
    };
    std::vector<missing_key> missing() const;
    // What this pass has shown and the digest knew already: rows that were left alone.
    std::vector<write::key_and_hash> left_alone() const;
    // Their rows are not as the digest says: what the next pass shows is written, whatever it is.
    void distrust(const std::vector<std::string>& keys);

    // Some of what was taken was not known before as it is now.
    bool found_change() const { return is_new_ ? !known_.empty() : !written_.empty(); }

    // The kept digest pieces say exactly what this pass has shown: nothing is missing.
    bool digest_is_exact() const { return !outdated_ && known_ == seen_; }

private:
    void add_row(const decode::decoded_record& record, steady_time asked_at);

    std::string resource_;
    std::string where_;
    plan::digest known_;    // before, and all that was taken since
    plan::digest seen_;     // of this pass
    plan::digest written_;  // keys that were new or changed, where there was a digest before
    bool is_new_;           // there was none
    bool outdated_ = false; // some rows were left out
    write::row_batch batch_;
    std::vector<steady_time> asked_at_; // for each of the batch's rows
    plan::digest batch_index_;          // key to index in batch_.rows
    std::vector<write::rejected_row> rejected_;
};

} // namespace callmirror::engine

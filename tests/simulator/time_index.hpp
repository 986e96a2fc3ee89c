// Records of one list in the order of their time, with ranks: what a database's index is to a page.
// Finding a rank, a time or a record's place costs O(log n) and a block's worth of moving, so that
// page 90,000 of ten million records costs what page 0 does.
//
// Not thread-safe, not even for reading (ranks are brought up to date when asked for).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace callmirror::simulator {

// A record's place in its resource's table: 0, 1, 2, ... in the order of creation.
using ordinal = std::uint32_t;

// What is kept of a record; the rest is made from the seed and its ordinal when it is asked for.
struct record {
    std::int64_t created = 0; // ms since 1970
    std::uint32_t parent = 0; // ordinal + 1 of an event's stream, of a stream's call; 0 is none
    std::uint32_t sibling =
        0; // ordinal + 1 of: a stream's last event; an event's predecessor there
    std::uint32_t touched = 0; // seconds from created to the last change, rounded up
    std::uint8_t version = 0;  // changes so far, modulo 256
    std::uint8_t company = 0;  // which of the world's companies
    std::uint8_t kind = 0;     // of an event: its type
    std::uint8_t flags = 0;    // record_flags
};
static_assert(sizeof(record) == 24);

enum record_flags : std::uint8_t {
    flag_gone = 1,       // deleted at the source
    flag_replaced = 2,   // its text was given by hand
    flag_finished = 4,   // a call has ended; a stream has expired
    flag_rated = 8,      // a call has its rating; a summary is done
    flag_thumbnail = 16, // a recording has its thumbnail
    flag_transcript = 32,
};

class time_index {
public:
    // `records` must outlive the index. A record's `created` must not change while it is in here.
    explicit time_index(const std::vector<record>& records)
        : records_(&records) {}

    void insert(ordinal which);
    // False where it is not in the index.
    bool erase(ordinal which);

    std::size_t size() const { return size_; }
    // The rank of the first record at or after `time`; size() where there is none.
    std::size_t rank_of(std::int64_t time) const;
    // rank < size().
    ordinal at(std::size_t rank) const;
    // Appends those of ranks [first, first + count) that are there, oldest first.
    void collect(std::size_t first, std::size_t count, std::vector<ordinal>& into) const;

private:
    using block = std::vector<ordinal>;

    bool before(ordinal a, ordinal b) const;
    std::size_t block_of(ordinal which) const; // where it is or belongs
    void bring_ranks_up_to_date() const;
    std::size_t block_with_rank(std::size_t rank) const;

    const std::vector<record>* records_;
    std::vector<block> blocks_;
    std::size_t size_ = 0;
    mutable std::vector<std::size_t> first_rank_; // of each block
    mutable std::size_t current_ = 0;             // first_rank_ is right for this many blocks
};

} // namespace callmirror::simulator

// Decides which page of a listing to ask for next, and whether what was read is the whole of it.
// No I/O, no clock; not thread-safe.
//
// A listing ends at the first empty page, or where the server says that there is no more: servers
// cut `limit` down, so a short page proves nothing. Totals are hints: they lead to the last page
// quickly, and a total that moves shows drift.
//
// strict: the last page is looked for first (probes), then pages are read from there to the first.
//   A record that is deleted meanwhile moves later ones to lower pages, where they are seen a
//   second time: drift shows, instead of hiding a record. An insertion moves records to pages that
//   were read already; it shows because it moves the last page, too, which is looked at once more
//   at the end, and in every page that a probe had shown before, the first one above all. Where
//   pages in the middle come short (a server that filters after it pages) a shift need not show
//   anywhere: such a pass never counts alone. (Not told where all but the last are equally short.)
//   No series of single deletions, and none of insertions, hides a record unnoticed. What can: an
//   insertion and a deletion within one pass that make up for each other, the insertion on a page
//   that was not read yet (neither the first nor probed), the deletion on one that was (not the
//   last). Total, number of records, first and last page are the same then, and only reading all
//   of it again tells; the timeline does that within days.
//   Pages may be fetched side by side, but for the first, which is fetched last, and the last,
//   which was seen before all of them (by the probe).
//   A deletion that falls after the fetch of page i and before that of page i + 1 moves a record
//   from the latter to the former, unseen. But from i + 1 (after it) up to the last page (before
//   it) there is a page that was fetched after it below one that was fetched before it, and there
//   a record is seen twice.
// polling: for the head, which is read again in seconds: first page to last, and a short page ends
//   it once the server has been seen to serve a full one.
//
// Some servers refuse pages over the end with an error, some refuse deep ones, and any may do so by
//   mistake: four refusals in a row count as an empty page where this server has not been seen to
//   serve one, but after full pages of many records they are no proof of the end.
//
// Requests of a strict pass over n pages, the number guessed right: n + 3, where no total is served
// at most n + 4; 2 for one page (3 where it may be a full one), 1 for none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace callmirror::fetch {

struct page_facts {
    std::size_t served = 0;        // records on it
    std::size_t repeated = 0;      // of them: seen on an earlier page of this pass
    std::uint64_t fingerprint = 0; // of its keys, in any order
    std::optional<std::uint64_t> total{};
    std::optional<std::uint64_t> total_pages{};
    std::optional<bool> more{};
};

struct fetch_page {
    int index;         // 0-based, whatever the server counts from
    bool probe;        // its records count only if keep_probe says so
    int following = 0; // pages right below it that may be fetched beside it: they come next
};
struct keep_probe { // the probe of this page is the first page of the pass
    int index;
};
struct listing_done {
    int pages;
    std::string drift; // why another pass is needed; "" where the read is good
};
struct listing_broken { // reading on is of no use
    std::string reason;
};
using page_step = std::variant<fetch_page, keep_probe, listing_done, listing_broken>;

struct paginator_options {
    bool strict = true;
    bool takes_page = true;      // false: the one answer is the list
    int limit = 100;             // asked for; 0 where none is
    bool full_page_seen = false; // by this server, for this limit
    int largest_page = 0;        // most records this server has been seen to serve; 0: not known
    int expected_pages = 1;      // a guess that saves requests
    bool trust_totals = true;
    bool empty_page_seen = false; // over the end of a list; then a refusal is a failure
    int most_pages = 200'000;     // rows still coming there is a broken listing, not its end
};

class paginator {
public:
    explicit paginator(paginator_options options);

    // What to do now. After fetch_page, took() has to be called before the next one.
    page_step next();
    void took(int index, const page_facts& facts);

    // Instead of took(): the server answers this page with an error of ours (400, 404, ...), which
    // is how some say that it is over the end. False where it can't be that: then the read fails.
    // next() comes back to the page until that is sure.
    bool refused(int index);

    // The last page is known, and how many there are: to be judged before they are all read.
    std::optional<int> pages_found() const;

private:
    enum class phase : std::uint8_t { probing, kept, reading, rechecking, done };
    struct shown_page {
        std::size_t served;
        std::uint64_t fingerprint;
    };

    page_step next_polling();
    page_step next_probe() const;
    page_step finish();
    void took_probe(int index, const page_facts& facts);
    void took_page(int index, const page_facts& facts);
    void took_recheck(int index, const page_facts& facts);
    void took_polling(const page_facts& facts);
    void plan_rechecks();
    void note_total(int index, const page_facts& facts);
    bool may_be_cut_off() const;
    void note_drift(std::string what);
    bool note_repetition(int index, const page_facts& facts);
    bool took_page_2_of_repeated(int index, const page_facts& facts);
    void take_for_whole_list();
    bool says_last(int index, const page_facts& facts) const;
    bool may_be_full(std::size_t served) const;
    bool totals_count() const { return total_ && !totals_bogus_; }
    int guess() const;

    paginator_options options_;
    phase phase_ = phase::probing;
    int last_full_ = -1;              // highest page known to have records
    int first_empty_ = -1;            // lowest page known to have none
    int stride_ = 1;                  // of the search around a guess that failed
    int reading_ = 0;                 // next page of the pass
    bool end_last_ = false;           // the end was seen after the last page, not before it
    bool whole_ = false;              // one answer held the list
    bool repeated_ = false;           // two pages showed the same
    bool end_refused_ = false;        // the end was an error, not an empty page
    int refused_index_ = 0;           // the page that was refused last
    int refusals_ = 0;                // of it, in a row
    std::map<int, shown_page> shown_; // what probes, or a polling read, have shown
    std::vector<int> rechecks_;       // from the back
    std::size_t largest_ = 0;         // page of this pass
    std::size_t shortest_ = std::numeric_limits<std::size_t>::max(); // before the last one
    std::size_t records_ = 0;                                        // distinct ones of the pass
    std::optional<std::uint64_t> total_;
    std::optional<std::uint64_t> total_pages_;
    bool totals_bogus_ = false;
    bool totals_moved_ = false;
    std::string drift_;
    std::string broken_;
};

} // namespace callmirror::fetch

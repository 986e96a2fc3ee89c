// What the parts of one account's session share: the ports, the gate, the lease. Lives as long as
// the session; one io thread.
#pragma once

#include "sync/base/text.hpp"
#include "sync/decode/decoder.hpp"
#include "sync/engine/batch_limits.hpp"
#include "sync/engine/gate.hpp"
#include "sync/engine/latest_rows.hpp"
#include "sync/engine/ports.hpp"
#include "sync/engine/tasks.hpp"
#include "sync/engine/view.hpp"
#include "sync/fetch/verdict.hpp"
#include "sync/plan/digest.hpp"
#include "sync/plan/timeline.hpp"

#include <map>
#include <stdexcept>
#include <variant>

namespace callmirror::engine {

class field_book;

// 401: nothing more may be asked with this key.
class key_refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What is mirrored has changed: another session has to begin.
class session_over : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct session_context {
    clock& time;
    source& api;
    database& store;
    worker& decoding;
    task_group& tasks;
    gate& requests;
    signal& committed;    // one list's commit has ended
    signal& work_changed; // there may be something to read that was not there before
    const providers::platform& platform;
    batch_limits batch;
    std::vector<std::string> spare_lines{}; // of batches that are written: see reuse_lines()
    write::lease lease;
    steady_time lease_ends{0};         // by our own clock, on the safe side
    std::chrono::milliseconds skew{0}; // the server's clock minus ours
    std::int64_t next_piece = 0;       // of digests
    const report& say;
    account_view& view;
    bool suspects_added = false;                  // since they were last looked for
    steady_time& last_answer;                     // when the API last said something useful
    std::string& last_failure;                    // of a request; "" where there was none
    std::chrono::milliseconds heard_of_within{0}; // where the API is in reach
    // Until a slice is read again of which a read could not tell what became of its records.
    std::chrono::milliseconds unsure_for{60'000};
    bool reads_again = true;   // what was read; not so a backfill of what is missing
    bool outage_told = false;  // that the whole API is out of reach
    std::string key_refusal{}; // what was answered with 401; "" while the key is taken

    utc_time now() const { return time.utc(); }
    utc_time source_now() const { return time.utc() + skew; }
};

// Why a request, or what needed it, came to nothing.
struct problem {
    fetch::verdict what = fetch::verdict::ok;
    std::string text; // "calls page 7: 503; then 3 more in 4 s: 2x 503, 1x timeout after 10 s"
    int limit = 0;    // that a page was asked for with; 0: none
    steady_time asked_at{0}; // for a record, the last time; 0: never
};

// One list of the API: a resource, of one company where it is a company's.
struct list {
    const providers::resource* resource;
    std::string scope;
    std::string path; // with {companyId} filled in
    // Of the same resource, for other companies, where those may share records (a user of several).
    std::vector<list*> siblings;
    plan::timeline timeline;
    write::listing_row learned;
    write::listing_row saved; // what the database has of it
    field_book* fields;       // of the resource, which other lists may be of, too
    decode::decoder decoder;  // for context.decoding alone, as is the catalog that it fills
    std::size_t view_index;
    std::chrono::milliseconds look_for_keys_after; // where it has no list
    bool deletes_can_be_asked;        // the single-record endpoint and its parameters are there
    std::optional<plan::digest> head; // what the head held when it was last read
    plan::slice_id head_id = 0;       // of the slice `head` belongs to
    plan::slice_id unsuspected = 0;   // the head that no suspect belongs to, as far as is known
    bool head_under_way = false;
    latest_rows latest;
    bool carrying_out = false;    // deletions; one at a time, as each waits for all other slices
    bool committing = false;      // rows; one commit after the other, so that none is overtaken
    std::uint64_t heads_read = 0; // reads of the head that have ended
    // Keys about which something is being found out, and whether a list has shown them since.
    std::multimap<std::string, bool, std::less<>> questioned;
    // Held deletions that a second complete read agrees to, by slice.
    std::vector<std::pair<plan::slice_id, std::vector<std::string>>> agreed;
    // Slices whose last read could not tell what became of all records, and how often in a row.
    std::map<plan::slice_id, int> unsure;
    bool failure_told = false;                  // by this session
    int head_failures = 0;                      // in a row, outages aside
    bool head_open = false;                     // one shot: the head is not read yet
    std::optional<steady_time> failing_since{}; // since the last read that went well
    bool last_asked_in_vain = false;            // the last request failed
    steady_time head_due{0};
    bool manners_known = false;
    bool finding_manners = false;                    // one reader does, and the others wait for it
    bool manners_looked_for = false;                 // to an end, whatever it was, in this session
    std::optional<problem> manners_problem{};        // of the last that did
    steady_time filters_due{0}, head_filters_due{0}; // see learn_filters()
    int filters_failures = 0;
    int cut_limit = 0;            // what the server cuts our limit down to; 0: not known to
    bool empty_page_seen = false; // over the end, in this session
    bool trust_totals = true;     // until the pages contradict them steadily
    std::string records_at;       // where the pages' records were last

    std::string name() const { return list_name(resource->name, scope); }
};

// That the first list to show it again is to write it, whatever its digest says.
inline void note_deleted(list& of, const std::string& key) {
    of.latest.deleted(key);
    for (auto* const other : of.siblings) {
        other->latest.deleted(key);
    }
}

// The hash of a digest's key that the last complete read has not shown, and that stays there so
// that the next one misses it, too.
inline constexpr std::uint64_t not_shown = 0;

// Notes which of some keys a list shows while something is found out about them, until end(). Not
// by its destructor: where a whole io_context is thrown away, the list may be gone first.
class question {
public:
    question(list& of, const std::vector<std::string>& keys)
        : of_(of) {
        for (const auto& key : keys) {
            places_.push_back(of_.questioned.emplace(key, false));
        }
    }
    void end() {
        for (const auto& place : places_) {
            of_.questioned.erase(place);
        }
        places_.clear();
    }
    std::vector<std::string> shown() const {
        std::vector<std::string> keys;
        for (const auto& place : places_) {
            if (place->second) {
                keys.push_back(place->first);
            }
        }
        return keys;
    }

private:
    list& of_;
    std::vector<decltype(list::questioned)::iterator> places_;
};

// What is asked for from now on. That the server serves full pages is known for one limit only.
inline void use_limit(write::listing_row& learned, int limit) {
    learned.full_page_seen = learned.full_page_seen && learned.limit == limit;
    learned.limit = limit;
}

// Whether a slice is being read, or what became of it is being committed.
inline bool is_under_way(const list& of, const plan::slice& which) {
    return of.timeline.is_busy(which.id) || (which.is_open() && of.head_under_way);
}

inline list_view& view_of(session_context& context, const list& of) {
    return context.view.lists[of.view_index];
}

} // namespace callmirror::engine

// What the engine asks of the database, and the shapes that it hands over. The one seam below the
// engine: `postgres_store` is the real thing, the simulation has one of its own.
//
// Every call blocks and belongs to the thread that makes it; one store is used by one thread at a
// time. Everything that changes an account goes through commit(): one transaction, under a fence.
#pragma once

#include "sync/base/time.hpp"
#include "sync/plan/slice.hpp"
#include "sync/postgres/errors.hpp"
#include "sync/providers/provider.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::write {

// Trying again is right for the first, and of no use before an operator acts for the second.
using postgres::database_lost;
using postgres::database_refused;

// Another process holds the account by now: this one must stop writing it.
class lease_lost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Who may write an account. The fence grows with every holder.
struct lease {
    std::string account;
    std::string holder; // "host:pid:random"
    std::int64_t fence = 0;
};

struct lease_answer {
    std::optional<lease> taken;
    std::string held_by;                              // where it is not taken
    std::chrono::milliseconds wait_before_request{0}; // so that the pace holds across holders
};

using slice_id = plan::slice_id;
using slice_row = plan::slice;

// What was learnt about one list, and how it is. Kept so that a restart learns nothing twice.
struct listing_row {
    std::string resource;
    std::string scope;
    std::optional<int> first_page; // 0 or 1
    std::optional<int> limit;      // what to ask for; 0: ask for none
    bool full_page_seen = false;   // this server has served a full page of that limit
    std::int32_t largest_page = 0; // most records seen on one page
    std::optional<std::chrono::seconds> granularity; // what start and end can't tell apart below
    bool serves_total = false;
    bool history_complete = false;         // there is nothing older than the oldest slice
    std::optional<utc_time> history_start; // the setting that made it so; none: three silent years
    std::optional<utc_time> aside_until;   // not readable for this key; tried again then
    std::string aside_reason;
    std::string last_error; // printable, no secrets; "" where the last read went well
    std::optional<utc_time> last_error_at;
    std::int32_t failures = 0; // in a row
    std::optional<utc_time> head_read_at;
    bool operator==(const listing_row&) const = default;
};

struct account_row {
    std::string provider;
    std::string state; // "ok", "key refused", ...
    std::string reason;
    double pace = 0; // requests per second learnt; 0: not yet
    std::vector<std::int64_t> companies;
    bool operator==(const account_row&) const = default;
};

// A key that a complete read missed, or that no list shows.
enum class suspect_state : std::uint8_t {
    ask,    // its single-record endpoint decides
    absent, // there is no such endpoint: a second complete read decides
    held,   // part of a mass deletion that waits for a second read or for a word
    watched // of a resource without list: asked for again and again
};

struct suspect_row {
    std::string resource;
    std::string scope;
    std::string key;
    slice_id slice = 0;
    suspect_state state = suspect_state::ask;
    utc_time missing_since = start_of_time;
    utc_time ask_at = start_of_time;
    std::int32_t attempts = 0;
};

// A suspect with the parameters of its single-record path, as far as the mirror knows them.
struct suspect_to_ask {
    suspect_row suspect;
    std::vector<std::string> parameters; // in the order of resource::record_parameters
    bool resolvable = true;              // false: a parameter is not known
};

// What an operator's command asks of whoever holds the account.
struct order_row {
    std::int64_t id = 0;
    std::string kind;     // "again" or "accept_deletes"
    std::string resource; // "" for all
    utc_time from = start_of_time;
    utc_time to = end_of_time;
};

// A JSON path of a resource's records, with one type of its values; totals. See field_book.hpp.
struct field_row {
    std::string resource;
    std::string path;
    std::string type;
    std::string example;
    std::uint64_t seen = 0;        // records
    std::uint64_t last_record = 0; // how many had been looked at when it was seen last
    utc_time first_seen_at{};
    utc_time last_seen_at{};
    std::optional<utc_time> vanished_at;
    bool operator==(const field_row&) const = default;
};

struct account_state {
    account_row account;
    std::vector<listing_row> listings;
    std::vector<slice_row> slices; // by resource, scope, begins
    std::vector<field_row> fields;
    slice_id last_slice = 0;     // highest id ever given
    std::int64_t last_piece = 0; // highest number of a digest piece
};

// Rows for one table. `lines` are whole COPY lines as decode makes them, one after the other.
struct row_batch {
    struct row {
        std::string key;
        std::uint64_t hash = 0;
        std::uint32_t begin = 0; // of its line in `lines`
        std::uint32_t size = 0;
        std::uint32_t shape = 0; // as decode has it; for whoever counts them, not written
    };
    std::vector<row> rows; // distinct keys
    std::string lines;
};

struct key_and_hash {
    std::string key;
    std::uint64_t hash = 0;
};

struct rejected_row {
    std::string resource;
    std::string where; // "2026-11-01/2026-11-03 page 7"
    std::string reason;
    std::string raw;
};

// An opaque piece of a slice's digest. Pieces of one slice are read back in the order of `piece`.
struct digest_piece {
    slice_id slice = 0;
    std::int64_t piece = 0;
    std::string content; // bytes
};

// Everything that one transaction changes. Empty parts cost nothing. Digests are changed in this
// order: cleared, pieces added, moved, those of gone slices removed.
struct commit_unit {
    lease holder;
    std::string platform;                       // the mirror's schema
    const providers::resource* table = nullptr; // of rows and deleted; nullptr where both are empty
    row_batch rows;                             // new or changed as far as the digest knows
    std::vector<std::string> deleted;           // keys whose rows get deleted_at
    std::vector<rejected_row> rejected;
    std::vector<slice_row> slices;     // inserted or replaced by id
    std::vector<slice_id> gone_slices; // removed, with their digests
    std::vector<std::pair<slice_id, slice_id>>
        moved_digests;                     // pieces and suspects of first go to second
    std::vector<slice_id> cleared_digests; // pieces removed before digest_pieces are added
    std::vector<digest_piece> digest_pieces;
    std::vector<suspect_row> suspects; // inserted or replaced by (resource, key)
    // State, ask_at and attempts of those that are still there; a slice may have taken them over.
    std::vector<suspect_row> asked_suspects;
    std::vector<std::pair<std::string, std::string>> cleared_suspects; // (resource, key)
    std::vector<listing_row> listings;                                 // inserted or replaced
    std::optional<account_row> account;
    std::vector<std::int64_t> done_orders;
    std::vector<field_row> fields; // inserted or replaced
    // False: the server need not have it on its disk, nor on a standby's, when it answers. A crash
    // may undo it then, and does so as if it had never been.
    bool is_durable = true;
    // Pieces of this slice's digest that such commits have added. Where one is not there any more,
    // commit() changes nothing and throws database_lost.
    slice_id relies_on_slice = 0;
    std::vector<std::int64_t> relies_on_pieces;
};

struct commit_outcome {
    std::uint64_t inserted = 0;
    std::uint64_t changed = 0;   // content differs, or it was marked deleted and is back
    std::uint64_t unchanged = 0; // the row was there with the same content
    std::uint64_t deleted = 0;
    // New in callmirror.rejected: the unit's, and rows that PostgreSQL refused.
    std::uint64_t rejected = 0;
};

// A column of the operator's own, as callmirror.columns knows it.
struct own_column_row {
    std::string resource;
    std::string name;
    std::string pointers; // one a line
};

// Columns of one table that are filled together for rows that are there.
struct unfilled_columns {
    std::string resource;
    std::vector<std::string> names;
    std::optional<std::string> filled_to; // key of the last row that was looked at
};

struct settled_columns {
    std::vector<unfilled_columns> unfilled;
    std::vector<std::string> dropped; // "calls.language": known before, and not wanted any more
};

// Gives the values of the columns to be filled, out of a row's raw; valid until the next call.
using raw_reader =
    std::function<const std::vector<std::optional<std::string>>&(std::string_view raw)>;

struct fill_outcome {
    bool done = false; // that was the last row
    std::uint64_t looked_at = 0;
    std::uint64_t written = 0;
    std::uint64_t refused = 0; // by PostgreSQL: they stay as they are
};

class store {
public:
    virtual ~store() = default;
    store() = default;
    store(const store&) = delete;
    store& operator=(const store&) = delete;

    // All of these throw database_lost or database_refused; those with a lease lease_lost too.

    // Takes the account where nobody holds it or its holder's time is up.
    virtual lease_answer acquire(const std::string& account, const std::string& holder,
                                 std::chrono::milliseconds time_to_live) = 0;
    // True where there are open orders.
    virtual bool renew(const lease& held, std::chrono::milliseconds time_to_live) = 0;
    // The API has asked to wait so long: for whoever else would ask it for this account.
    virtual void keep_quiet(const lease& held, std::chrono::milliseconds quiet) = 0;
    // `quiet` is how long the next holder has to wait before its first request. Never throws.
    virtual void release(const lease& held, std::chrono::milliseconds quiet) noexcept = 0;

    virtual account_state load(const lease& held) = 0;
    virtual std::vector<digest_piece> load_digest(const lease& held, slice_id slice) = 0;
    // Suspects of one list in state ask whose time has come, oldest first; with them those whose
    // time is over 31 days off, which no clock can have meant.
    virtual std::vector<suspect_to_ask> suspects_to_ask(const lease& held,
                                                        const std::string& platform,
                                                        const providers::resource& resource,
                                                        const std::string& scope, utc_time now,
                                                        int most) = 0;
    // All suspects of one slice, whatever their state.
    virtual std::vector<suspect_row> suspects_of(const lease& held, slice_id slice) = 0;
    // Those of these keys that are suspects, and all of one list that are held.
    virtual std::vector<suspect_row> suspects_named(const lease& held, const std::string& resource,
                                                    const std::vector<std::string>& keys) = 0;
    virtual std::vector<suspect_row> suspects_held(const lease& held, const std::string& resource,
                                                   const std::string& scope) = 0;
    // The distinct values of a column, of rows that are not marked deleted; sorted, none empty.
    virtual std::vector<std::string> keys_of(const lease& held, const std::string& platform,
                                             const providers::key_source& from) = 0;
    // How many records callmirror.rejected holds, by resource.
    virtual std::map<std::string, std::uint64_t> count_rejected(const lease& held) = 0;
    virtual std::vector<order_row> open_orders(const lease& held) = 0;
    // Which of these keys have no row with this content hash that is not marked deleted. What a
    // digest vouches for: a row that was written only once is not looked at, as long as it is
    // there.
    virtual std::vector<std::string> unlike(const lease& held, const std::string& platform,
                                            const providers::resource& resource,
                                            const std::vector<key_and_hash>& expected) = 0;

    // Makes these the operator's columns of the account. Before any of its rows is written.
    virtual settled_columns settle_columns(const lease& held, const std::string& platform,
                                           const std::vector<own_column_row>& wanted) = 0;
    // Fills some columns for the next `most` rows, and moves `which.filled_to` with them. `table`
    // has just these columns, in the order of `which.names`.
    virtual fill_outcome fill_columns(const lease& held, const std::string& platform,
                                      const providers::resource& table, unfilled_columns& which,
                                      const raw_reader& read, int most) = 0;

    virtual commit_outcome commit(const commit_unit& unit) = 0;
};

} // namespace callmirror::write

// A company's call centre as its API would know it: calls, streams, what happened in them, and the
// small lists around them. Everything follows from a seed; time is handed in. No clock, no socket.
//
// A record is 24 bytes; its text is made when it is asked for (record_text.hpp), so that ten
// million fit into memory. Not thread-safe, not even for reading.
#pragma once

#include "sync/base/time.hpp"
#include "tests/simulator/resource.hpp"
#include "tests/simulator/time_index.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace callmirror::simulator {

struct world_options {
    utc_time start{};           // history begins here
    utc_time end{};             // and is lived up to here; before or at start: an empty world
    double calls_per_day = 400; // on the average of a week, as all rates
    double partner_calls_per_day = 20;
    double streams_per_day = 60;
    double events_per_stream = 12;
    std::vector<std::int64_t> company_ids{123};
    std::uint32_t users = 40; // over all companies; the other small lists follow from it
    // No call or stream begins in these: an account that was closed for a year or two.
    std::vector<std::pair<utc_time, utc_time>> gaps;
    double removed_share = 0.002; // of calls, streams and events: deleted within some days
    double returned_share = 0.1;  // of those: back some hours later
    bool late_changes = true;     // ratings, thumbnails, transcripts, summaries, expiry
    std::int64_t retention_days =
        0;                     // streams older than this are deleted with their events; 0: none
    std::int64_t first_id = 0; // added to every numeric id; 2^53 gives ids that doubles can't hold
};

class life;

class world {
public:
    world(std::uint64_t seed, world_options options);
    ~world();
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    std::uint64_t seed() const { return seed_; }
    const world_options& options() const { return options_; }

    // Lives on from now() to `to`: arrivals at the daily rates, what becomes of earlier records,
    // some deletions. In one step or in many: the same. An earlier `to` does nothing.
    void live(utc_time to);
    utc_time now() const;
    // From now on more happens: `speed` times the daily rates, at any hour of the day, and what
    // comes late comes so much earlier. For demonstrations; 1 is ordinary life, and at least that
    // is wanted.
    void hurry(double speed);

    // --- changes by hand; ids are those of id_of(). False or 0: there is no such record. ---

    // A new record dated `time`. `stream` is an event's stream (none: the newest one there is, a
    // new one where there is none); for other resources it means nothing.
    std::int64_t add(resource of, utc_time time, std::size_t company = 0,
                     std::optional<std::int64_t> stream = std::nullopt);
    // Some of its fields change; updated_at follows where the resource has one.
    bool change(resource of, std::int64_t id, utc_time at);
    // Deleted at the source. A stream takes its events with it, and brings them back.
    bool remove(resource of, std::int64_t id);
    bool return_removed(resource of, std::int64_t id);
    // Changes the record's own time.
    bool move(resource of, std::int64_t id, utc_time time);
    // Whether a company's list shows the record, too (a user of several) or, for its own company,
    // still. Of small lists only; false where there is nothing to change.
    bool set_listed(resource of, std::int64_t id, std::size_t company, bool listed);
    // Serves exactly this text, valid or not, in the record's place.
    bool replace_text(resource of, std::int64_t id, std::string text);
    // Removes all streams created before `before`, with their events; how many streams.
    std::size_t retention(utc_time before);

    // `seen` is called after a record has come to its list or has left it, whatever brought that
    // about; a move is both.
    using shift_observer = std::function<void(resource, ordinal, bool there)>;
    void observe_shifts(shift_observer seen) { shifted_ = std::move(seen); }

    // --- what there is ---

    // Grows with every change of what the resource's records or lists show.
    std::uint64_t version(resource of) const;
    std::size_t count(resource of) const; // that are there, in all companies
    std::optional<std::size_t> company_index(std::string_view company_id) const;

    std::int64_t id_of(resource of, ordinal which) const;
    // nullopt where no such id was ever given out. A removed record has an ordinal.
    std::optional<ordinal> find(resource of, std::int64_t id) const;
    // By what a single record's path calls it: an id, or the bid, token (streams too), uuid or
    // e-mail address.
    std::optional<ordinal> find_key(resource of, std::string_view key) const;
    std::string key_text(resource of, ordinal which) const;
    // A stream's token.
    std::string token(resource of, ordinal which) const;
    bool is_there(resource of, ordinal which) const;
    // Whether the company's list shows the record while it is there.
    bool is_listed(resource of, ordinal which, std::size_t company) const;
    const record& at(resource of, ordinal which) const { return table_of(of).records[which]; }
    std::size_t created_count(resource of) const { return table_of(of).records.size(); }
    // The list's records by time; resources without {companyId} in their path have one index only.
    const time_index& index(resource of, std::size_t company) const;
    std::size_t index_count(resource of) const { return table_of(of).indexes.size(); }
    const std::string* replaced_text(resource of, ordinal which) const;

private:
    friend class life;

    struct table {
        std::vector<record> records;
        std::vector<time_index> indexes;
        std::unordered_map<ordinal, std::string> texts;
        std::map<ordinal, std::set<std::size_t>>
            companies; // that list it: other than its own alone
        std::uint64_t version = 1;
        std::size_t there = 0;
    };

    // agents are users under another name.
    static resource stored_as(resource of) { return of == resource::agents ? resource::users : of; }
    table& table_of(resource of) { return tables_[static_cast<std::size_t>(stored_as(of))]; }
    const table& table_of(resource of) const {
        return tables_[static_cast<std::size_t>(stored_as(of))];
    }
    time_index& index_of(resource of, const record& each);
    std::vector<time_index*> indexes_of(resource of, ordinal which); // while it is there
    ordinal append(resource of, record fresh);
    void touch(resource of, ordinal which, std::int64_t at, std::uint8_t flags);
    bool set_there(resource of, ordinal which, bool there);
    void note_shift(resource of, ordinal which, bool there) const {
        if (shifted_) {
            shifted_(of, which, there);
        }
    }

    std::uint64_t seed_;
    world_options options_;
    std::array<table, resource_count> tables_;
    std::unique_ptr<life> life_;
    shift_observer shifted_;
};

// Milliseconds since 1970.
constexpr std::int64_t to_ms(utc_time time) {
    return time.time_since_epoch().count();
}
constexpr utc_time from_ms(std::int64_t ms) {
    return utc_time{std::chrono::milliseconds{ms}};
}

} // namespace callmirror::simulator

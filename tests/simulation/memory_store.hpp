// The database in memory: what write::store promises (sync/write/store.hpp, and the statements in
// sync/write/sql), without PostgreSQL. Each call is one transaction; a crash undoes the last ones
// that were not durable. Judges the promises that hold
// after every commit: the holder has the lease, and no row is ahead of its digest.
#pragma once

#include "sync/plan/digest.hpp"
#include "sync/write/store.hpp"
#include "tests/simulation/universe.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace callmirror::simulation {

struct mirrored_row {
    std::string line; // as COPY took it
    std::uint64_t hash = 0;
    std::string raw() const;
    std::optional<utc_time> deleted_at{};
    utc_time first_seen_at{};
    utc_time changed_at{};
    bool is_rewritten = false; // since it was inserted
};
using mirrored_table = std::map<std::string, mirrored_row>; // by key

class memory_store final : public write::store {
public:
    explicit memory_store(universe& all)
        : all_(all) {}

    // The database's own clock is off by so much.
    void set_off(std::chrono::milliseconds off) { off_ = off; }
    utc_time now() const { return all_.true_time() + off_; }

    write::lease_answer acquire(const std::string& account, const std::string& holder,
                                std::chrono::milliseconds time_to_live) override;
    bool renew(const write::lease& held, std::chrono::milliseconds time_to_live) override;
    void keep_quiet(const write::lease& held, std::chrono::milliseconds quiet) override;
    void release(const write::lease& held, std::chrono::milliseconds quiet) noexcept override;
    write::account_state load(const write::lease& held) override;
    std::vector<write::digest_piece> load_digest(const write::lease& held,
                                                 write::slice_id slice) override;
    std::vector<write::suspect_to_ask> suspects_to_ask(const write::lease& held,
                                                       const std::string& platform,
                                                       const providers::resource& resource,
                                                       const std::string& scope, utc_time now,
                                                       int most) override;
    std::vector<write::suspect_row> suspects_of(const write::lease& held,
                                                write::slice_id slice) override;
    std::vector<write::suspect_row> suspects_named(const write::lease& held,
                                                   const std::string& resource,
                                                   const std::vector<std::string>& keys) override;
    std::vector<write::suspect_row> suspects_held(const write::lease& held,
                                                  const std::string& resource,
                                                  const std::string& scope) override;
    std::vector<std::string> keys_of(const write::lease& held, const std::string& platform,
                                     const providers::key_source& from) override;
    std::map<std::string, std::uint64_t> count_rejected(const write::lease& held) override;
    std::vector<write::order_row> open_orders(const write::lease& held) override;
    std::vector<std::string> unlike(const write::lease& held, const std::string& platform,
                                    const providers::resource& resource,
                                    const std::vector<write::key_and_hash>& expected) override;
    // The simulation's configuration has no columns of its own.
    write::settled_columns settle_columns(const write::lease&, const std::string&,
                                          const std::vector<write::own_column_row>&) override {
        return {};
    }
    write::fill_outcome fill_columns(const write::lease&, const std::string&,
                                     const providers::resource&, write::unfilled_columns&,
                                     const write::raw_reader&, int) override {
        return {.done = true};
    }
    write::commit_outcome commit(const write::commit_unit& unit) override;

    // The server crashes: all connections are lost, and commits that nothing durable has followed.
    void crash();
    std::uint64_t crashes() const { return crashes_; }

    void place_order(write::order_row order);
    bool has_open_orders() const;

    // What is there, for the oracle.
    const mirrored_table& table(const std::string& resource) const;
    const std::map<write::slice_id, write::slice_row>& slices() const { return now_has_.slices; }
    const std::map<std::pair<std::string, std::string>, write::suspect_row>& suspects() const {
        return now_has_.suspects;
    }
    // A complete read has missed the record, and could not tell yet what that means: the slice's
    // digest keeps the key, so that the next read misses it, too.
    bool awaits_another_read(const std::string& resource, std::string_view key) const;
    std::uint64_t commits() const { return commits_; }
    std::uint64_t rejected() const { return now_has_.rejected.size(); }

    // Whether every row is known to some digest or suspect, and no digest is ahead of its row;
    // slices cover the axis without gap. "" where all is well.
    std::string inconsistency() const;

private:
    struct lease_row {
        std::string holder;
        std::int64_t fence = 0;
        utc_time expires_at{};
        utc_time quiet_until = start_of_time;
    };

    bool holds(const write::lease& held) const;
    std::optional<plan::digest> digest_of(write::slice_id slice) const; // nullopt: of no known form
    void pass_fence(const write::lease& held) const;
    void write_rows(const write::commit_unit& unit, write::commit_outcome& outcome);
    void write_digests(const write::commit_unit& unit);

    // All that a server keeps.
    struct contents {
        std::map<std::string, lease_row> leases;
        std::map<std::string, mirrored_table> tables;
        std::map<write::slice_id, write::slice_row> slices;
        write::slice_id last_slice = 0; // of those that are gone
        std::map<write::slice_id, std::map<std::int64_t, std::string>> digests;
        std::map<std::pair<std::string, std::string>, write::suspect_row> suspects;
        std::map<std::pair<std::string, std::string>, write::listing_row> listings;
        std::optional<write::account_row> account;
        std::set<std::tuple<std::string, std::string, std::string>>
            rejected;                                          // resource, reason, raw
        std::vector<std::pair<write::order_row, bool>> orders; // and whether it is done
    };
    void becomes_durable() { on_disk_.reset(); }

    universe& all_;
    std::chrono::milliseconds off_{0};
    contents now_has_;
    std::optional<contents> on_disk_; // where that is not all
    std::uint64_t crashes_ = 0;
    std::uint64_t commits_ = 0;
};

} // namespace callmirror::simulation

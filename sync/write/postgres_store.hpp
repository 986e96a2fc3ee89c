// The store in PostgreSQL. See store.hpp for what the calls promise.
//
// One connection, thrown away after a failure; the next call opens another. One thread at a time. A
// commit is fenced by the lease's row: it is taken `for share`, so that a take-over waits until the
// commit has ended, and a holder that was taken over finds no row. A process that is stopped within
// a commit is cut off by the server after session_options::idle_limit.
//
// After database_lost, whether a commit happened is in doubt, and it may still be ending in the
// server: load() waits until none is under way, and then tells how it ended.
#pragma once

#include "sync/postgres/session.hpp"
#include "sync/write/row_writer.hpp"
#include "sync/write/store.hpp"
#include "sync/write/table_sql.hpp"

#include <map>
#include <string>

namespace callmirror::write {

class postgres_store final : public store {
public:
    // Connects. Throws database_lost or database_refused where it can't.
    explicit postgres_store(postgres::session_options options);

    // The holder of a lease may take it again; it has another fence then.
    lease_answer acquire(const std::string& account, const std::string& holder,
                         std::chrono::milliseconds time_to_live) override;
    bool renew(const lease& held, std::chrono::milliseconds time_to_live) override;
    void keep_quiet(const lease& held, std::chrono::milliseconds quiet) override;
    void release(const lease& held, std::chrono::milliseconds quiet) noexcept override;

    account_state load(const lease& held) override;
    std::vector<digest_piece> load_digest(const lease& held, slice_id slice) override;
    std::vector<suspect_to_ask> suspects_to_ask(const lease& held, const std::string& platform,
                                                const providers::resource& resource,
                                                const std::string& scope, utc_time now,
                                                int most) override;
    std::vector<suspect_row> suspects_of(const lease& held, slice_id slice) override;
    std::vector<suspect_row> suspects_named(const lease& held, const std::string& resource,
                                            const std::vector<std::string>& keys) override;
    std::vector<suspect_row> suspects_held(const lease& held, const std::string& resource,
                                           const std::string& scope) override;
    std::vector<std::string> keys_of(const lease& held, const std::string& platform,
                                     const providers::key_source& from) override;
    std::map<std::string, std::uint64_t> count_rejected(const lease& held) override;
    std::vector<order_row> open_orders(const lease& held) override;
    std::vector<std::string> unlike(const lease& held, const std::string& platform,
                                    const providers::resource& resource,
                                    const std::vector<key_and_hash>& expected) override;

    settled_columns settle_columns(const lease& held, const std::string& platform,
                                   const std::vector<own_column_row>& wanted) override;
    fill_outcome fill_columns(const lease& held, const std::string& platform,
                              const providers::resource& table, unfilled_columns& which,
                              const raw_reader& read, int most) override;

    commit_outcome commit(const commit_unit& unit) override;

    // For an operator's command, which holds no lease: leaves an order for whoever does.
    std::int64_t place_order(const std::string& account, const order_row& order);

private:
    struct table_state {
        table_sql sql;
        std::uint64_t written = 0; // rows, by this store
        bool analyzed = false;
    };
    std::vector<suspect_row> read_suspects(const lease& held, const char* sql,
                                           const postgres::parameters& values);
    table_state& table_of(const commit_unit& unit);
    commit_outcome attempt(const commit_unit& unit, table_state* table, const ordered_batch& order,
                           write_mode mode);
    void analyze_new(table_state& table) noexcept;

    postgres::session session_;
    std::map<std::string, table_state> tables_;
};

} // namespace callmirror::write

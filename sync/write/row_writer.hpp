// Writes one batch of rows into its mirrored table: asks which are new or changed, COPYs what is
// new straight into the table, and takes what is changed through a stage.
#pragma once

#include "sync/postgres/session.hpp"
#include "sync/write/batch.hpp"
#include "sync/write/store.hpp"
#include "sync/write/table_sql.hpp"

#include <span>
#include <string>
#include <vector>

namespace callmirror::write {

// How much a value that PostgreSQL refuses may cost. Each is tried when the one before has failed.
enum class write_mode {
    direct, // new rows straight into the table: the fast way
    staged, // all rows through the stage: heals rows that are there against what was asked
    halving // as staged, in halves until what is refused is found; it can't fail for a row's sake
};

// A row that PostgreSQL refuses, and its reason.
struct refused_row {
    row_index row;
    std::string reason;
};

struct written_rows {
    commit_outcome outcome; // inserted, changed, unchanged
    std::vector<refused_row> refused;
};

// `now`: the transaction's own time, as SQL text. Throws what postgres::transaction throws;
// data_error never in mode halving.
written_rows write_rows(postgres::transaction& within, const table_sql& sql,
                        const std::string& account, const std::string& now, const row_batch& batch,
                        const ordered_batch& order, write_mode mode);

} // namespace callmirror::write

// The statements about one mirrored table, made from its columns. Pure.
#pragma once

#include "sync/providers/provider.hpp"

#include <string>
#include <string_view>

namespace callmirror::write {

struct table_sql {
    std::string table; // "snapcall.calls"
    bool number_keys;
    std::string range_taken;
    std::string look_up;
    std::string unlike;
    std::string rewritten;
    std::string ids_between;
    std::string copy_table;
    std::string make_stage;
    std::string copy_stage;
    std::string merge_stage;
    std::string merge_some; // of the stage, by key
    std::string mark_deleted;
    std::string suspects_to_ask;
};

// Fills columns of rows that are there: `table` has just these.
struct fill_sql {
    bool number_keys;
    std::string look;
    std::string fill;
};
fill_sql make_fill_sql(std::string_view platform, const providers::resource& table);

// The values of a column that are keys elsewhere; $1 is the account.
std::string make_keys_sql(std::string_view platform, const providers::key_source& from);

// `platform` is the schema. Names come from sync/providers: plain identifiers, never from outside.
table_sql make_table_sql(std::string_view platform, const providers::resource& resource);

} // namespace callmirror::write

#include "schema/own_columns.hpp"

#include "sync/postgres/session.hpp"

#include <algorithm>
#include <map>

namespace callmirror::schema {
namespace {

using postgres::parameters;
using postgres::transaction;

constexpr std::chrono::seconds lock_limit{1};

// By table, in the order of the configuration within each.
using by_table = std::map<std::pair<std::string, std::string>, std::vector<own_column>>;

by_table grouped(const std::vector<own_column>& wanted) {
    by_table tables;
    for (const auto& each : wanted)
        tables[{each.schema, each.table}].push_back(each);
    return tables;
}

std::string shown_name(const own_column& column) {
    return column.table + '.' + column.name;
}

std::string quoted(const std::string& name) {
    return '"' + name + '"'; // an identifier without quotes in it
}

std::string literal(const std::string& text) {
    std::string sql = "E'";
    for (const char c : text)
        (sql += c == '\'' || c == '\\' ? std::string(1, c) : std::string()) += c;
    return sql + "'";
}

std::string alter_sql(const std::vector<own_column>& columns) {
    const std::string table = quoted(columns.front().schema) + '.' + quoted(columns.front().table);
    std::string sql = "alter table " + table;
    for (const auto& each : columns)
        sql += std::string(&each == &columns.front() ? "" : ",") +
               "\n    add column if not exists " + quoted(each.name) + ' ' + each.type;
    sql += ";\n";
    for (const auto& each : columns)
        sql += "comment on column " + table + '.' + quoted(each.name) + " is " +
               literal(each.comment) + ";\n";
    return sql;
}

struct found_column {
    std::string type;
    bool is_generated = false;
};

std::map<std::string, found_column> columns_of(transaction& within, const std::string& schema,
                                               const std::string& table, bool& owned) {
    std::map<std::string, found_column> found;
    const auto rows = within.run(
        "select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', "
        "pg_catalog.pg_has_role(c.relowner, 'usage') "
        "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
        "join pg_catalog.pg_attribute a on a.attrelid = c.oid "
        "where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped",
        parameters().add(schema).add(table));
    for (const auto& row : rows) {
        auto type = row[1].as<std::string>();
        if (type == "timestamp with time zone")
            type = "timestamptz";
        found[row[0].as<std::string>()] = {type, row[2].as<bool>()};
        owned = owned && row[3].as<bool>();
    }
    return found;
}

// Those of one table that are not there.
std::vector<own_column> missing(transaction& within, const std::vector<own_column>& wanted,
                                bool& may_add) {
    bool owned = true;
    const auto there = columns_of(within, wanted.front().schema, wanted.front().table, owned);
    std::vector<own_column> list;
    for (const auto& each : wanted) {
        const auto found = there.find(each.name);
        if (found == there.end()) {
            list.push_back(each);
            may_add = may_add && owned;
        } else if (found->second.type != each.type || found->second.is_generated) {
            throw column_taken(
                each.place + " has the type \"" + each.type + "\", but " + each.schema + '.' +
                shown_name(each) + " is " +
                (found->second.is_generated ? "a generated column" : found->second.type) +
                " in the database\n  hint: choose another name, or drop that "
                "column first");
        }
    }
    return list;
}

} // namespace

pending_result pending_columns(const postgres::session_options& options,
                               const std::vector<own_column>& wanted) {
    pending_result result;
    if (wanted.empty())
        return result;
    postgres::session session(options);
    session.in_transaction("look at the columns", [&](transaction& within) {
        result = {};
        for (const auto& [table, columns] : grouped(wanted))
            for (const auto& each : missing(within, columns, result.may_add))
                result.columns.push_back(shown_name(each));
    });
    return result;
}

std::vector<std::string> add_columns(const postgres::session_options& options,
                                     const std::vector<own_column>& wanted) {
    std::vector<std::string> added;
    auto within_a_moment = options;
    within_a_moment.statement_limit = lock_limit;
    for (const auto& [table, columns] : grouped(wanted)) {
        postgres::session session(within_a_moment);
        std::vector<own_column> list;
        try {
            session.in_transaction("add columns to " + table.first + '.' + table.second,
                                   [&](transaction& within) {
                                       bool may_add = true;
                                       list = missing(within, columns, may_add);
                                       if (!list.empty())
                                           within.run(alter_sql(list));
                                   });
        } catch (const postgres::database_refused& error) {
            std::string why = error.what();
            throw postgres::database_refused(
                why.substr(0, why.find("\nhint: ")) +
                "\nhint: run `callmirror migrate` with the login of the tables' owner");
        } catch (const postgres::database_lost& error) {
            if (std::string_view(error.what()).find("(57014)") == std::string_view::npos)
                throw;
            throw postgres::database_lost(
                "add columns to " + table.first + '.' + table.second +
                ": a question to the table, or a change of it, has been under way for a second");
        }
        for (const auto& each : list)
            added.push_back(shown_name(each));
    }
    return added;
}

std::string print_columns(const std::vector<own_column>& wanted) {
    std::string text;
    for (const auto& [table, columns] : grouped(wanted))
        text += "\nbegin;\n" + alter_sql(columns) + "commit;\n";
    return text;
}

} // namespace callmirror::schema

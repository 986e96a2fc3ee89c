#include "sync/write/table_sql.hpp"

#include "sync/write/sql.hpp"

#include <initializer_list>
#include <utility>

namespace callmirror::write {
namespace {

using replacements = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string filled(const sql::embedded_sql& statement, replacements values) {
    std::string text = statement.text;
    for (const auto& [name, value] : values) {
        const std::string place = "{" + std::string(name) + "}";
        for (auto at = text.find(place); at != std::string::npos;
             at = text.find(place, at + value.size()))
            text.replace(at, place.size(), value);
    }
    return text;
}

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

// A parameter of the record's path: the mirrored row's column, or found through another table.
void add_parameter(std::string_view platform, const providers::path_parameter& parameter,
                   std::size_t place, std::string& values, std::string& look_ups) {
    if (parameter.via_table.empty()) {
        values +=
            parameter.column == "id" ? ", s.key" : ", t." + quoted(parameter.column) + "::text";
        return;
    }
    const std::string name = "via" + std::to_string(place);
    values += ", " + name + ".value";
    look_ups += "left join lateral (select v." + quoted(parameter.via_column) +
                "::text as value from " + quoted(platform) + "." + quoted(parameter.via_table) +
                " v where v.account = s.account and v." + quoted(parameter.via_match) + " = t." +
                quoted(parameter.column) + " limit 1) " + name + " on true\n";
}

} // namespace

std::string make_keys_sql(std::string_view platform, const providers::key_source& from) {
    const auto table = quoted(platform) + "." + quoted(from.table);
    return filled(sql::keys_of, {{"table", table}, {"column", quoted(from.column)}});
}

fill_sql make_fill_sql(std::string_view platform, const providers::resource& table) {
    const bool number_keys = table.key_type == providers::column_type::bigint;
    const std::string name = quoted(platform) + "." + quoted(table.name);
    const std::string key_type = number_keys ? "bigint" : "text";
    std::string assignments, arrays, values, columns, new_values;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string comma = i == 0 ? "" : ", ";
        const std::string value = "value" + std::to_string(i + 1);
        const std::string column = quoted(table.columns[i].name);
        assignments += comma + column + " = v." + value;
        arrays += comma + "$" + std::to_string(i + 3) +
                  "::" + std::string(name_of(table.columns[i].type)) + "[]";
        values += comma + value;
        columns += comma + "t." + column;
        new_values += comma + "v." + value;
    }
    return {.number_keys = number_keys,
            .look = filled(sql::fill_look, {{"table", name}, {"key_type", key_type}}),
            .fill = filled(sql::fill_rows, {{"table", name},
                                            {"key_type", key_type},
                                            {"assignments", assignments},
                                            {"arrays", arrays},
                                            {"values", values},
                                            {"columns", columns},
                                            {"new_values", new_values}})};
}

table_sql make_table_sql(std::string_view platform, const providers::resource& resource) {
    const bool number_keys = resource.key_type == providers::column_type::bigint;
    const std::string table = quoted(platform) + "." + quoted(resource.name);
    const std::string key_type = number_keys ? "bigint" : "text";
    std::string columns = "account, id, content_hash";
    std::string assignments = "content_hash = excluded.content_hash";
    const auto add_column = [&](std::string_view name) {
        columns += ", " + quoted(name);
        assignments += ", " + quoted(name) + " = excluded." + quoted(name);
    };
    for (const auto& column : resource.columns)
        add_column(column.name);
    add_column("raw");

    std::string values;
    std::string look_ups;
    for (std::size_t i = 0; i < resource.record_parameters.size(); ++i)
        add_parameter(platform, resource.record_parameters[i], i, values, look_ups);

    const auto with_table = [&](const sql::embedded_sql& statement,
                                const std::string& filter = "") {
        return filled(statement, {{"table", table},
                                  {"filter", filter},
                                  {"key_type", key_type},
                                  {"columns", columns},
                                  {"assignments", assignments},
                                  {"values", values},
                                  {"look_ups", look_ups}});
    };
    return {
        .table = table,
        .number_keys = number_keys,
        .range_taken = with_table(sql::range_taken),
        .look_up = with_table(sql::look_up),
        .unlike = with_table(sql::unlike),
        .rewritten = with_table(sql::rewritten),
        .ids_between = with_table(sql::ids_between),
        .copy_table = "copy " + table + " (" + columns + ") from stdin",
        .make_stage = with_table(sql::make_stage),
        .copy_stage = "copy pg_temp.callmirror_stage (" + columns + ") from stdin",
        .merge_stage = with_table(sql::merge_stage),
        .merge_some = with_table(sql::merge_stage, "where id = any($2::" + key_type + "[])"),
        .mark_deleted = with_table(sql::mark_deleted),
        .suspects_to_ask = with_table(sql::suspects_to_ask),
    };
}

} // namespace callmirror::write

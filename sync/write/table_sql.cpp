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

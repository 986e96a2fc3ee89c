#include "schema/views.hpp"

#include "schema/migrate.hpp"
#include "schema/views/sql.hpp"

#include <algorithm>
#include <map>

namespace callmirror::schema {
namespace {

using views::embedded_sql;

std::string shown_name(const embedded_sql& view) {
    return std::string("views/") + view.file_name;
}

// Some views are made from the tables that are there: each is put in place again after a migration.
std::string checksum_of(const embedded_sql& view) {
    return view.checksum + ("/" + std::to_string(known_version()));
}

std::vector<const embedded_sql*> find_pending(postgres::transaction& within) {
    std::map<std::string, std::string> applied; // checksums by name
    if (!within
             .run("select from pg_catalog.pg_tables "
                  "where schemaname = 'callmirror' and tablename = 'views'")
             .empty()) {
        for (const auto& row : within.run("select name, checksum from callmirror.views"))
            applied[row[0].as<std::string>()] = row[1].as<std::string>();
    }
    std::vector<const embedded_sql*> list;
    std::ranges::copy_if(
        views::all_embedded_sql(), std::back_inserter(list),
        [&](const embedded_sql* view) { return applied[view->file_name] != checksum_of(*view); });
    return list;
}

std::string record_sql(const embedded_sql& view) {
    return std::string("insert into callmirror.views (name, checksum) values ('") + view.file_name +
           "', '" + checksum_of(view) +
           "') on conflict (name) do update set checksum = excluded.checksum, "
           "applied_at = excluded.applied_at";
}

} // namespace

std::vector<std::string> pending_views(postgres::transaction& within) {
    std::vector<std::string> names;
    for (const embedded_sql* view : find_pending(within))
        names.push_back(shown_name(*view));
    return names;
}

std::vector<std::string> put_views(postgres::transaction& within) {
    std::vector<std::string> names;
    for (const embedded_sql* view : find_pending(within)) {
        within.run(view->text);
        within.run(record_sql(*view));
        names.push_back(shown_name(*view));
    }
    return names;
}

std::string print_views() {
    std::string text = "\nbegin;\n";
    for (const embedded_sql* view : views::all_embedded_sql())
        text += std::string(view->text) + record_sql(*view) + ";\n\n";
    return text + "commit;\n";
}

} // namespace callmirror::schema

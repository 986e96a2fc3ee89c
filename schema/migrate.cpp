#include "schema/migrate.hpp"

#include "schema/sql.hpp"
#include "schema/views.hpp"
#include "sync/postgres/session.hpp"

namespace callmirror::schema {
namespace {

// Any number will do, as long as it never changes: "callmirr" in ASCII.
constexpr const char* lock_sql = "select pg_advisory_xact_lock(7161671857302336114)";

struct applied_migration {
    int version;
    std::string checksum;
};

std::vector<applied_migration> read_applied(postgres::transaction& within) {
    // Not to_regclass(): it may remember within a transaction that there was none before.
    if (within
            .run("select from pg_catalog.pg_tables "
                 "where schemaname = 'callmirror' and tablename = 'migrations'")
            .empty())
        return {};
    std::vector<applied_migration> list;
    for (const auto& row :
         within.run("select version, checksum from callmirror.migrations order by version"))
        list.push_back({row[0].as<int>(), row[1].as<std::string>()});
    return list;
}

// Versions are the places in the list of migrations, from 1.
int check(const std::vector<applied_migration>& applied) {
    const auto all = all_embedded_sql();
    for (std::size_t i = 0; i < applied.size(); ++i) {
        if (applied[i].version > static_cast<int>(all.size()))
            throw schema_mismatch(schema_mismatch::kind::newer,
                                  "the database's schema is version " +
                                      std::to_string(applied.back().version) +
                                      ", this program knows " + std::to_string(all.size()) +
                                      "\nhint: install the newer callmirror");
        if (applied[i].version != static_cast<int>(i) + 1 ||
            applied[i].checksum != all[i]->checksum)
            throw schema_mismatch(schema_mismatch::kind::changed,
                                  "migration " + std::to_string(i + 1) +
                                      " in the database is not " + all[i]->file_name +
                                      " of this program" +
                                      "\nhint: restore the database's callmirror.migrations, or "
                                      "use the callmirror that made it");
    }
    return static_cast<int>(applied.size());
}

std::string record_sql(std::size_t place) {
    const embedded_sql& it = *all_embedded_sql()[place];
    return "insert into callmirror.migrations (version, name, checksum) values (" +
           std::to_string(place + 1) + ", '" + it.file_name + "', '" + it.checksum + "')";
}

void apply_views(postgres::session& session, migration_report& report) {
    bool none = false; // needs no lock, and no right but to read
    session.in_transaction("look at the views", [&](postgres::transaction& within) {
        none = pending_views(within).empty();
    });
    if (none)
        return;
    std::vector<std::string> applied;
    try {
        session.in_transaction("put the views in place", [&](postgres::transaction& within) {
            within.run(lock_sql);
            check(read_applied(within));
            applied = put_views(within);
        });
    } catch (const postgres::database_lost& error) {
        // 42P16: a column of a view that is there would have to go.
        if (std::string_view(error.what()).find("(42P16)") == std::string_view::npos)
            throw;
        throw schema_mismatch(schema_mismatch::kind::newer,
                              "the database's views are newer than this program's" +
                                  std::string("\nhint: install the newer callmirror"));
    }
    report.applied.insert(report.applied.end(), applied.begin(), applied.end());
}

} // namespace

int known_version() {
    return static_cast<int>(all_embedded_sql().size());
}

migration_report migrate(const postgres::session_options& options) {
    postgres::session session(options);
    migration_report report;
    bool first = true;
    bool more = true;
    while (more) {
        std::string name;
        session.in_transaction("migrate", [&](postgres::transaction& within) {
            // A lock that was waited for: only then is what the other one applied to be seen.
            if (first && check(read_applied(within)) == known_version()) {
                report.version_before = known_version();
                return; // needs no lock, and no right but to read
            }
            within.run(lock_sql);
            const int version = check(read_applied(within));
            if (first)
                report.version_before = version;
            if (version == known_version())
                return;
            const auto place = static_cast<std::size_t>(version);
            within.run(all_embedded_sql()[place]->text);
            within.run(record_sql(place));
            name = all_embedded_sql()[place]->file_name;
        });
        first = false;
        more = !name.empty();
        if (more)
            report.applied.push_back(name);
    }
    report.version_after = known_version();
    apply_views(session, report);
    return report;
}

std::vector<std::string> pending(const postgres::session_options& options) {
    postgres::session session(options);
    std::vector<std::string> names;
    session.in_transaction("read the schema's version", [&](postgres::transaction& within) {
        const auto from = static_cast<std::size_t>(check(read_applied(within)));
        for (const embedded_sql* migration : all_embedded_sql().subspan(from))
            names.emplace_back(migration->file_name);
        for (auto& view : pending_views(within))
            names.push_back(std::move(view));
    });
    return names;
}

int current_version(const postgres::session_options& options) {
    postgres::session session(options);
    int version = 0;
    session.in_transaction("read the schema's version", [&](postgres::transaction& within) {
        version = check(read_applied(within));
    });
    return version;
}

std::string print_sql() {
    std::string text = "-- callmirror's schema, version " + std::to_string(known_version()) + "\n";
    for (std::size_t place = 0; place < all_embedded_sql().size(); ++place)
        text += "\nbegin;\n" + std::string(all_embedded_sql()[place]->text) + "\n" +
                record_sql(place) + ";\ncommit;\n";
    return text + print_views();
}

} // namespace callmirror::schema

#include "tests/integration/consistency.hpp"

namespace callmirror::integration {
namespace {

// Each row is a complaint.
constexpr const char* complaints = R"(
with neighbours as (
    select account, resource, scope, begins, ends, read_at, records, id,
           lead(begins) over axis as next_begins
    from callmirror.slices window axis as (partition by account, resource, scope order by begins, id)
)
select format('%s %s: a slice ends at %s, the next begins at %s', resource, scope, ends,
              coalesce(next_begins::text, 'never'))
from neighbours where ends is distinct from coalesce(next_begins, 'infinity')
union all
select format('%s: slice %s ends before it begins', resource, id)
from callmirror.slices where ends <= begins
union all
select format('%s: slice %s holds %s records, and has no digest', s.resource, s.id, s.records)
from callmirror.slices s where s.read_at is not null and s.records > 0 and not exists
    (select from callmirror.digests d where d.account = s.account and d.slice = s.id)
union all
select format('a digest of slice %s, which is not there', d.slice)
from callmirror.digests d where not exists
    (select from callmirror.slices s where s.account = d.account and s.id = d.slice)
union all
select format('a suspect of slice %s, which is not there', d.slice)
from callmirror.suspects d where not exists
    (select from callmirror.slices s where s.account = d.account and s.id = d.slice)
union all
select format('call %s is there %s times', id, count(*)) from snapcall.calls
group by account, id having count(*) > 1
union all
select format('stream %s is there %s times', id, count(*)) from snapcall.streams
group by account, id having count(*) > 1
union all
select format('stream event %s is there %s times', id, count(*)) from snapcall.stream_events
group by account, id having count(*) > 1
union all
select format('rejected %s %s: %s', resource, id, reason) from callmirror.rejected)";

constexpr const char* tables = R"(
select format('%I.%I', schemaname, tablename) from pg_tables
where schemaname in ('callmirror', 'snapcall') order by 1)";

} // namespace

std::string inconsistencies(const tests::postgres_cluster& in, const std::string& database) {
    std::string text;
    for (const auto& row : in.sql(database, complaints)) {
        text += std::string(row[0].c_str()) + '\n';
    }
    return text;
}

std::string fingerprint(const tests::postgres_cluster& of, const std::string& database) {
    std::string text = of.value(database, "select string_agg(nspname, ' ' order by nspname) from "
                                          "pg_namespace where nspname !~ '^pg_(temp|toast)'");
    for (const auto& row : of.sql(database, tables)) {
        const std::string name = row[0].c_str();
        text += '\n' + name + ' ' +
                of.value(database, "select count(*) || ' ' || coalesce(md5(string_agg(t::text, "
                                   "'|' order by t::text)), '') from " +
                                       name + " t");
    }
    return text;
}

void note_changes(const tests::postgres_cluster& in, const std::string& database) {
    in.sql(database, R"(
        create table public.changes (who text, what text, at timestamptz);
        create function public.note_change() returns trigger language plpgsql as $$
        begin
            insert into public.changes
            values (current_setting('application_name'), tg_op || ' ' || tg_table_name,
                    clock_timestamp());
            return null;
        end $$)");
    for (const auto& row : in.sql(database, tables)) {
        in.sql(database, "create trigger note after insert or update or delete on " +
                             std::string(row[0].c_str()) +
                             " for each row execute function public.note_change()");
    }
}

void let_leases_end(const tests::postgres_cluster& in, const std::string& database) {
    in.sql(database, "update callmirror.leases set expires_at = now()");
}

} // namespace callmirror::integration

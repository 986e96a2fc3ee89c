-- The page of all schemas, tables, views and columns with their comments: schema/README.md. For psql:
--     psql -d reporting -Atq -f describe.sql
-- A test compares it with the page; UPDATE_SCHEMA_PAGE=1 in its environment writes that anew.
with schemas as (
    select n.oid, n.nspname as name, place,
           pg_catalog.obj_description(n.oid, 'pg_namespace') as comment
    from pg_catalog.pg_namespace n
    join unnest(array['snapcall', 'snapcall_bi', 'callmirror']) with ordinality known (name, place)
        on known.name = n.nspname
), relations as (
    select c.oid, c.relnamespace as schema, c.relname as name, c.relkind = 'v' as is_view,
           pg_catalog.obj_description(c.oid, 'pg_class') as comment
    from pg_catalog.pg_class c where c.relkind in ('r', 'p', 'v')
), columns as (
    select a.attrelid as relation,
           string_agg(format('| `%s` | %s | %s |', a.attname,
                             replace(pg_catalog.format_type(a.atttypid, a.atttypmod),
                                     'timestamp with time zone', 'timestamptz'),
                             replace(coalesce(pg_catalog.col_description(a.attrelid, a.attnum), ''),
                                     '|', '\|')),
                      E'\n' order by a.attnum) as lines
    from pg_catalog.pg_attribute a where a.attnum > 0 and not a.attisdropped
    group by a.attrelid
), sections as (
    select r.schema, string_agg(format(E'### %s%s\n\n%s\n\n| column | type | what it is |\n| --- | --- | --- |\n%s\n',
                                       r.name, case when r.is_view then ' (view)' else '' end,
                                       coalesce(r.comment, ''), c.lines),
                                E'\n' order by r.name collate "C") as text
    from relations r join columns c on c.relation = r.oid
    group by r.schema
)
select E'# The database, as its comments describe it\n\n'
    || E'Generated from a migrated database by `describe.sql`; a test compares the two. In psql, '
    || E'`\\d+ snapcall.calls` shows the same.\n\n'
    || string_agg(format(E'## %s\n\n%s\n\n%s', s.name, coalesce(s.comment, ''), sections.text), E'\n'
                  order by s.place)
from schemas s join sections on sections.schema = s.oid;

-- $1 schema, $2 tables, $3 columns. The places (from 1) of those that are there, and their numbers.
select w.place, a.attnum
from unnest($2::text[], $3::text[]) with ordinality w (resource, name, place)
join pg_catalog.pg_namespace n on n.nspname = $1
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.resource
join pg_catalog.pg_attribute a
    on a.attrelid = c.oid and a.attname = w.name and a.attnum > 0 and not a.attisdropped

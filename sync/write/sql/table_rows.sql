-- $1 table. Rows as the planner believes; -1 where it was never analyzed.
select reltuples::bigint from pg_catalog.pg_class where oid = $1::regclass

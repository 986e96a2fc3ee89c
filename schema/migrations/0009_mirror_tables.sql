-- What the views over every table of the mirror are made from.

create view callmirror.mirror_tables as
select c.oid, c.relname::text as name,
       (select quote_ident(a.attname)
        from unnest(array['created_at', 'day']) with ordinality w (name, place)
        join pg_catalog.pg_attribute a
            on a.attrelid = c.oid and a.attname = w.name and a.atttypid = 'timestamptz'::regtype
        order by w.place limit 1) as dated,
       (select quote_ident(a.attname)
        from unnest(array['name', 'email', 'status', 'type', 'label']) with ordinality w (name, place)
        join pg_catalog.pg_attribute a
            on a.attrelid = c.oid and a.attname = w.name and a.atttypid = 'text'::regtype
        order by w.place limit 1) as named
from pg_catalog.pg_class c
where c.relnamespace = 'snapcall'::regnamespace and c.relkind in ('r', 'p')
  and 5 = (select count(*) from pg_catalog.pg_attribute a
           where a.attrelid = c.oid and not a.attisdropped and a.attname in
                 ('account', 'id', 'raw', 'first_seen_at', 'deleted_at'));
comment on view callmirror.mirror_tables is 'The tables of the mirror as they are there, and what the views over all of them show of each.';
comment on column callmirror.mirror_tables.oid is 'The table''s own in PostgreSQL; they are in the order in which they were made.';
comment on column callmirror.mirror_tables.name is 'Table in the schema snapcall.';
comment on column callmirror.mirror_tables.dated is 'Its column that says when a record was made, ready to stand in SQL; null: none.';
comment on column callmirror.mirror_tables.named is 'Its column that tells a person what a record is, ready to stand in SQL; null: none.';

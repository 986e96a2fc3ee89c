-- What was deleted at the source, and when? Of every table of the mirror, as they are there.
do $make$
declare
    parts text;
begin
    select string_agg(
        format('select account, %L::text as resource, id::text as id, %s as created_at, '
               '%s as what, first_seen_at, deleted_at from snapcall.%I where deleted_at is not null',
               t.name, coalesce(dated.by, 'null::timestamptz'), coalesce(named.by, 'null::text'), t.name),
        ' union all ' order by t.oid)
    into parts
    from (
        select c.oid, c.relname as name
        from pg_catalog.pg_class c
        where c.relnamespace = 'snapcall'::regnamespace and c.relkind in ('r', 'p')
          and 5 = (select count(*) from pg_catalog.pg_attribute a
                   where a.attrelid = c.oid and not a.attisdropped and a.attname in
                         ('account', 'id', 'raw', 'first_seen_at', 'deleted_at'))
    ) t
    left join lateral (
        select quote_ident(a.attname) as by
        from unnest(array['created_at', 'day']) with ordinality w (name, place)
        join pg_catalog.pg_attribute a
            on a.attrelid = t.oid and a.attname = w.name and a.atttypid = 'timestamptz'::regtype
        order by w.place limit 1
    ) dated on true
    left join lateral (
        select quote_ident(a.attname) as by
        from unnest(array['name', 'email', 'status', 'type', 'label']) with ordinality w (name, place)
        join pg_catalog.pg_attribute a
            on a.attrelid = t.oid and a.attname = w.name and a.atttypid = 'text'::regtype
        order by w.place limit 1
    ) named on true;
    execute 'create or replace view snapcall_bi.deletions as ' || parts;
end
$make$;

comment on view snapcall_bi.deletions is 'What was deleted at the source, and when? One row for each record of the mirror that is gone there.';
comment on column snapcall_bi.deletions.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.deletions.resource is 'Table in the schema snapcall.';
comment on column snapcall_bi.deletions.id is 'Its id in that table, as text.';
comment on column snapcall_bi.deletions.created_at is 'When it was made at the source; of partner_stats its day.';
comment on column snapcall_bi.deletions.what is 'Its name, e-mail address, status or type, as it was.';
comment on column snapcall_bi.deletions.first_seen_at is 'When this mirror saw it first.';
comment on column snapcall_bi.deletions.deleted_at is 'When this mirror learnt that it is gone.';

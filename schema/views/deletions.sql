-- What was deleted at the source, and when? Of every table of the mirror, as they are there.
do $make$
declare
    parts text;
begin
    select string_agg(
        format('select account, %L::text as resource, id::text as id, %s as created_at, '
               '%s as what, first_seen_at, deleted_at from snapcall.%I where deleted_at is not null',
               t.name, coalesce(t.dated, 'null::timestamptz'), coalesce(t.named, 'null::text'), t.name),
        ' union all ' order by t.oid)
    into parts
    from callmirror.mirror_tables t;
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

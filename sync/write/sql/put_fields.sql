-- $1 account, then an array for each column. Totals.
insert into callmirror.fields as f
    (account, resource, path, type, example, seen, last_record, first_seen_at, last_seen_at,
     vanished_at)
select $1, u.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
    $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[]) u
on conflict (account, resource, path, type) do update
set seen = excluded.seen, last_record = excluded.last_record,
    last_seen_at = excluded.last_seen_at, vanished_at = excluded.vanished_at

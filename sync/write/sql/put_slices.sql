-- $1 account, then an array for each column
insert into callmirror.slices
    (account, id, resource, scope, begins, ends, read_at, due_at, records, pages, reads, failures,
     changed_at)
select $1, s.* from unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[],
    $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::bigint[], $10::integer[],
    $11::integer[], $12::integer[], $13::timestamptz[]) s
on conflict (account, id) do update
set resource = excluded.resource, scope = excluded.scope, begins = excluded.begins,
    ends = excluded.ends, read_at = excluded.read_at, due_at = excluded.due_at,
    records = excluded.records, pages = excluded.pages, reads = excluded.reads,
    failures = excluded.failures, changed_at = excluded.changed_at

-- $1 account, then an array for each column
insert into callmirror.suspects
    (account, resource, key, scope, slice, state, missing_since, ask_at, attempts)
select $1, s.* from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
    $7::timestamptz[], $8::timestamptz[], $9::integer[]) s
on conflict (account, resource, key) do update
set scope = excluded.scope, slice = excluded.slice, state = excluded.state,
    missing_since = excluded.missing_since, ask_at = excluded.ask_at, attempts = excluded.attempts

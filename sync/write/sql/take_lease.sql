-- $1 account, $2 holder, $3 now, $4 milliseconds. No row where another one holds it. The fence
-- grows with every holder, and never falls: the row is never removed.
insert into callmirror.leases as held (account, holder, fence, acquired_at, expires_at)
values ($1, $2, 1, $3::timestamptz,
        $3::timestamptz + $4::bigint * interval '1 millisecond')
on conflict (account) do update
set holder = excluded.holder, fence = held.fence + 1, acquired_at = excluded.acquired_at,
    expires_at = excluded.expires_at
where held.expires_at <= excluded.acquired_at or held.holder = excluded.holder
returning fence, quiet_until

-- $1 account, $2 holder, $3 fence, $4 milliseconds. Tells whether orders wait: of a thousand idle
-- accounts this is the most frequent statement, and a question of its own would double it.
update callmirror.leases set expires_at = now() + $4::bigint * interval '1 millisecond'
where account = $1 and holder = $2 and fence = $3
returning exists (
    select from callmirror.orders o where o.account = $1 and o.done_at is null)

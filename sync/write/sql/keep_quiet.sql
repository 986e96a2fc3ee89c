-- $1 account, $2 holder, $3 fence, $4 milliseconds
update callmirror.leases set quiet_until = now() + $4::bigint * interval '1 millisecond'
where account = $1 and holder = $2 and fence = $3
returning 1

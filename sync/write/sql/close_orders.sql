-- $1 account, $2 ids, $3 now
update callmirror.orders set done_at = $3
where account = $1 and id = any($2::bigint[]) and done_at is null

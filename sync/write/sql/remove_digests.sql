-- $1 account, $2 slices
delete from callmirror.digests where account = $1 and slice = any($2::bigint[])

-- $1 account, $2 slice, $3 pieces of its digest
select count(*) from callmirror.digests where account = $1 and slice = $2 and piece = any($3::bigint[])

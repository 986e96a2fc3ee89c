-- $1 account, $2 ids
delete from callmirror.slices where account = $1 and id = any($2::bigint[])

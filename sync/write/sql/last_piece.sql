-- $1 account
select coalesce(max(piece), 0) from callmirror.digests where account = $1

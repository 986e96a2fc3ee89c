-- $1 account, $2 order
select done_at is not null from callmirror.orders where account = $1 and id = $2

-- $1 account
select id, kind, resource, begins, ends from callmirror.orders
where account = $1 and done_at is null order by id

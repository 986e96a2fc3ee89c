-- $1 account
select resource, count(*) from callmirror.rejected where account = $1 group by resource

-- $1 account
select resource, name, filled_to from callmirror.columns
where account = $1 and filled_at is null order by resource, filled_to nulls first, name

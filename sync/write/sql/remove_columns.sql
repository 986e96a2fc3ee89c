-- $1 account, $2 resources, $3 names of those that are to stay
delete from callmirror.columns
where account = $1
  and (resource, name) not in (select * from unnest($2::text[], $3::text[]))
returning resource, name

-- $1 account, $2 resources, $3 keys
delete from callmirror.suspects
where account = $1 and (resource, key) in (select * from unnest($2::text[], $3::text[]))

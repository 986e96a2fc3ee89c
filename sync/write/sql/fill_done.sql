-- $1 account, $2 resource, $3 names, $4 id of the last row that was looked at, $5 now, or null where
-- there are more
update callmirror.columns set filled_to = $4, filled_at = $5::timestamptz
where account = $1 and resource = $2 and name = any($3::text[])
returning 1

-- $1 account, $2 resource, $3 keys
select resource, scope, key, slice, state, missing_since, ask_at, attempts
from callmirror.suspects
where account = $1 and resource = $2 and key = any($3::text[]) order by key

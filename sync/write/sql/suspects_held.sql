-- $1 account, $2 resource, $3 scope
select resource, scope, key, slice, state, missing_since, ask_at, attempts
from callmirror.suspects
where account = $1 and resource = $2 and scope = $3 and state = 'held' order by slice, key

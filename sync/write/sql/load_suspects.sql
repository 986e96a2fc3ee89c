-- $1 account, $2 slice
select resource, scope, key, slice, state, missing_since, ask_at, attempts
from callmirror.suspects where account = $1 and slice = $2 order by resource, key

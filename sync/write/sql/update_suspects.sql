-- $1 account, then an array for each column. Only what is there still, in whichever slice it is now.
update callmirror.suspects s
set state = u.state, ask_at = u.ask_at, attempts = u.attempts
from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[])
    u (resource, key, state, ask_at, attempts)
where s.account = $1 and s.resource = u.resource and s.key = u.key

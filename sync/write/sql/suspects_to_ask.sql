-- $1 account, $2 resource, $3 scope, $4 now, $5 how many. None waits for more than 30 days: a clock
-- that was ahead has left times that are further off.
select s.resource, s.scope, s.key, s.slice, s.state, s.missing_since, s.ask_at, s.attempts
       {values}
from (
    select * from callmirror.suspects
    where account = $1 and resource = $2 and scope = $3 and state = 'ask'
        and (ask_at <= $4 or ask_at > $4::timestamptz + interval '31 days')
    order by ask_at, key limit $5
) s
left join {table} t on t.account = s.account and t.id = s.key::{key_type}
{look_ups}
order by s.ask_at, s.key

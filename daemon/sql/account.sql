-- $1 account: how it is, and who holds it.
select coalesce(a.state, '') as state, coalesce(a.reason, '') as reason,
       coalesce(a.pace, 0) as pace, coalesce(a.companies, '{}') as companies,
       coalesce(l.holder, '') as holder,
       coalesce(l.expires_at > now(), false) as held,
       case when l.quiet_until > now() then l.quiet_until end as quiet_until,
       case when l.quiet_until > now()
            then ceil(extract(epoch from l.quiet_until - now()) * 1000)::bigint else 0
       end as quiet_ms
from (select $1::text as account) wanted
left join callmirror.accounts a using (account)
left join callmirror.leases l using (account)

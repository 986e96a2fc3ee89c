-- $1 account: how it is, and who holds it.
select coalesce(a.state, '') as state, coalesce(a.reason, '') as reason,
       coalesce(a.pace, 0) as pace, coalesce(a.companies, '{}') as companies,
       coalesce(l.holder, '') as holder,
       coalesce(l.expires_at > now(), false) as held
from (select $1::text as account) wanted
left join callmirror.accounts a using (account)
left join callmirror.leases l using (account)

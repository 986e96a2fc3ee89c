-- $1 account, $2 provider, $3 state, $4 reason, $5 pace, $6 companies, $7 now
insert into callmirror.accounts (account, provider, state, reason, pace, companies, updated_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (account) do update
set provider = excluded.provider, state = excluded.state, reason = excluded.reason,
    pace = excluded.pace, companies = excluded.companies, updated_at = excluded.updated_at

-- Which accounts are mirrored, is each being mirrored now, and at what pace?
create or replace view snapcall_bi.accounts as
select a.account, a.provider, a.state, a.reason,
       coalesce(l.expires_at > now(), false) as is_mirrored_now,
       l.holder, nullif(a.pace, 0) as pace, a.companies, a.updated_at
from callmirror.accounts a
left join callmirror.leases l on l.account = a.account;

comment on view snapcall_bi.accounts is 'Which accounts are mirrored, is each being mirrored now, and at what pace? One row for each account.';
comment on column snapcall_bi.accounts.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.accounts.provider is 'The platform.';
comment on column snapcall_bi.accounts.state is 'How it is, as its mirror said last.';
comment on column snapcall_bi.accounts.reason is 'Why it is so; empty where nothing is wrong.';
comment on column snapcall_bi.accounts.is_mirrored_now is 'Whether a process holds its lease.';
comment on column snapcall_bi.accounts.holder is 'The process that held it last.';
comment on column snapcall_bi.accounts.pace is 'Requests a second that the API gets at most, as learnt from its answers; null while nothing has slowed it down.';
comment on column snapcall_bi.accounts.companies is 'Companies whose data is read.';
comment on column snapcall_bi.accounts.updated_at is 'When its mirror said so.';

-- What could not be mirrored, and why? The records' texts are in callmirror.rejected.
create or replace view snapcall_bi.rejected as
select account, resource, reason, count(*) as records, max(seen_at) as last_seen_at
from callmirror.rejected
group by account, resource, reason;

comment on view snapcall_bi.rejected is 'What could not be mirrored, and why? One row for each account, resource and reason; the texts are in callmirror.rejected.';
comment on column snapcall_bi.rejected.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.rejected.resource is 'Table in the schema snapcall that they belong to.';
comment on column snapcall_bi.rejected.reason is 'What is wrong with them.';
comment on column snapcall_bi.rejected.records is 'How many there are.';
comment on column snapcall_bi.rejected.last_seen_at is 'When the latest was served.';

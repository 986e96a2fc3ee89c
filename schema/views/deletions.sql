-- What was deleted at the source, and when?
create or replace view snapcall_bi.deletions as
select account, 'calls' as resource, id::text as id, created_at as created_at, status as what, first_seen_at,
       deleted_at
from snapcall.calls where deleted_at is not null
union all
select account, 'partner_calls', id::text, created_at, status, first_seen_at, deleted_at
from snapcall.partner_calls where deleted_at is not null
union all
select account, 'partner_stats', id::text, day, null, first_seen_at, deleted_at
from snapcall.partner_stats where deleted_at is not null
union all
select account, 'streams', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.streams where deleted_at is not null
union all
select account, 'stream_events', id::text, created_at, type, first_seen_at, deleted_at
from snapcall.stream_events where deleted_at is not null
union all
select account, 'buttons', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.buttons where deleted_at is not null
union all
select account, 'users', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.users where deleted_at is not null
union all
select account, 'teams', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.teams where deleted_at is not null
union all
select account, 'roles', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.roles where deleted_at is not null
union all
select account, 'invites', id::text, created_at, email, first_seen_at, deleted_at
from snapcall.invites where deleted_at is not null
union all
select account, 'schedule_templates', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.schedule_templates where deleted_at is not null
union all
select account, 'booking_pages', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.booking_pages where deleted_at is not null
union all
select account, 'integrations', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.integrations where deleted_at is not null
union all
select account, 'agents', id::text, created_at, name, first_seen_at, deleted_at
from snapcall.agents where deleted_at is not null;

comment on view snapcall_bi.deletions is 'What was deleted at the source, and when? One row for each record of the mirror that is gone there.';
comment on column snapcall_bi.deletions.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.deletions.resource is 'Table in the schema snapcall.';
comment on column snapcall_bi.deletions.id is 'Its id in that table, as text.';
comment on column snapcall_bi.deletions.created_at is 'When it was made at the source; of partner_stats its day.';
comment on column snapcall_bi.deletions.what is 'Its name, e-mail address, status or type, as it was.';
comment on column snapcall_bi.deletions.first_seen_at is 'When this mirror saw it first.';
comment on column snapcall_bi.deletions.deleted_at is 'When this mirror learnt that it is gone.';

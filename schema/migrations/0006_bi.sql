-- What the views of schema/views need: a table that says what a call's status means, indexes, and the
-- record of which views are there. The views themselves are put in place after the migrations.

create table callmirror.views (
    name text not null primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
);
comment on table callmirror.views is 'Views of snapcall_bi as they were put in place last.';
comment on column callmirror.views.name is 'File name of the view''s definition.';
comment on column callmirror.views.checksum is 'SHA-256 of the file as it was applied, hexadecimal.';
comment on column callmirror.views.applied_at is 'When it was applied.';

-- Edited by operators. Sensible guesses: the API's documents name no status.
create table snapcall_bi.status_map (
    account text not null default '*',
    status text not null check (status = lower(status)),
    outcome text not null check (outcome in ('answered', 'missed', 'abandoned', 'ongoing', 'other')),
    primary key (account, status)
);
comment on table snapcall_bi.status_map is
    'What a call''s status counts as in the views. Edit it freely, as its owner; a status that is not in it counts as other.';
comment on column snapcall_bi.status_map.account is
    'Name of the account in the configuration that this holds for, before what holds for all; *: all.';
comment on column snapcall_bi.status_map.status is
    'snapcall.calls.status in lower case; empty: calls without a status.';
comment on column snapcall_bi.status_map.outcome is
    'answered, missed (nobody took it), abandoned (the client gave up), ongoing (not over yet: left out of rates) or other.';

insert into snapcall_bi.status_map (status, outcome)
select unnest(statuses), outcome
from (values
    (array['answered', 'accepted', 'completed', 'complete', 'ended', 'finished', 'done', 'closed',
           'success', 'successful', 'terminated', 'hangup'], 'answered'),
    (array['missed', 'no_answer', 'no-answer', 'noanswer', 'no answer', 'not_answered', 'unanswered',
           'declined', 'rejected', 'refused', 'busy', 'failed', 'timeout', 'voicemail'], 'missed'),
    (array['abandoned', 'abandon', 'cancelled', 'canceled', 'cancel', 'hung_up'], 'abandoned'),
    (array['ongoing', 'in_progress', 'in-progress', 'inprogress', 'ringing', 'queued', 'waiting',
           'pending', 'created', 'started', 'active', 'connected', 'on_hold', 'scheduled'], 'ongoing')
) guesses (statuses, outcome);

-- Who called again: `where` as the views have it, so that no row need be looked at.
create index calls_client on snapcall.calls (account, (coalesce(client, ani)), created_at)
    where deleted_at is null;

-- What was deleted when: only removed rows are in these.
create index calls_deleted_at on snapcall.calls (account, deleted_at)
    where deleted_at is not null;
create index partner_calls_deleted_at on snapcall.partner_calls (account, deleted_at)
    where deleted_at is not null;
create index streams_deleted_at on snapcall.streams (account, deleted_at)
    where deleted_at is not null;
create index stream_events_deleted_at on snapcall.stream_events (account, deleted_at)
    where deleted_at is not null;

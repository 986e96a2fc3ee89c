-- What happened in one stream, in order? Ask with account and stream_id: its own times, its call's,
-- and its events.
create or replace view snapcall_bi.stream_timeline as
select s.account, s.id as stream_id, s.created_at as at, 'stream' as source, s.id as source_id,
       'created' as what, s.type as detail, null::text as who
from snapcall.streams s
where s.deleted_at is null and s.created_at is not null
union all
select s.account, s.id, s.expired_at, 'stream', s.id, 'expired', s.type, null
from snapcall.streams s
where s.deleted_at is null and s.expired_at is not null
union all
select s.account, s.id, moment.at, 'call', c.id, moment.what, c.status, c.agent
from snapcall.streams s
join snapcall.calls c on c.account = s.account and c.id = s.call_id
cross join lateral (values (c.created_at, 'created'), (c.answered_at, 'answered'),
                           (c.ended_at, 'ended')) moment (at, what)
where s.deleted_at is null and c.deleted_at is null and moment.at is not null
union all
select e.account, e.stream_id, coalesce(e.emitted_at, e.created_at), 'event', e.id, e.type,
       coalesce(e.summary, e.media_asset, e.media_type, e.raw->'data'->>'text'),
       coalesce(e.user_name, e.role, e.peer_id)
from snapcall.stream_events e
where e.deleted_at is null;

comment on view snapcall_bi.stream_timeline is 'What happened in one stream, in order? Ask with account and stream_id, and order by at: the stream''s own times, its call''s, and its events.';
comment on column snapcall_bi.stream_timeline.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.stream_timeline.stream_id is 'snapcall.streams.id.';
comment on column snapcall_bi.stream_timeline.at is 'When it happened; of events emitted_at, else created_at.';
comment on column snapcall_bi.stream_timeline.source is 'Which record says so: stream, call or event.';
comment on column snapcall_bi.stream_timeline.source_id is 'That record''s id in snapcall.streams, calls or stream_events.';
comment on column snapcall_bi.stream_timeline.what is 'What happened: created, expired, answered, ended, or the event''s type.';
comment on column snapcall_bi.stream_timeline.detail is 'More of it: a summary, where a medium is, a message, a status.';
comment on column snapcall_bi.stream_timeline.who is 'Who it was: a user''s name, a role or a peer; of a call its agent.';

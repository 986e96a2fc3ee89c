-- Which recordings and pictures are there, and which summaries and transcripts go with them?
create or replace view snapcall_bi.media as
select e.account,
       e.created_at,
       e.id as event_id,
       e.stream_id,
       coalesce(e.stream_token, s.token) as stream_token,
       s.name as stream_name,
       e.type,
       e.media_type,
       e.media_from,
       e.media_asset,
       e.thumbnail_asset,
       e.summary,
       e.summary_status,
       e.transcript_id,
       e.user_id,
       e.user_name,
       s.team_id
-- Account by account: so a question that names none uses the index of (account, created_at), too.
from callmirror.accounts a
join snapcall.stream_events e on e.account = a.account
left join snapcall.streams s on s.account = e.account and s.id = e.stream_id
where e.deleted_at is null
  and (e.media_asset is not null or e.summary is not null or e.summary_status is not null
       or e.transcript_id is not null);

comment on view snapcall_bi.media is 'Which recordings and pictures are there, and which summaries and transcripts go with them? One row for each event with any of these.';
comment on column snapcall_bi.media.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.media.created_at is 'When the event was recorded.';
comment on column snapcall_bi.media.event_id is 'snapcall.stream_events.id.';
comment on column snapcall_bi.media.stream_id is 'Stream that it belongs to; snapcall.streams.id.';
comment on column snapcall_bi.media.stream_token is 'That stream''s token.';
comment on column snapcall_bi.media.stream_name is 'That stream''s name.';
comment on column snapcall_bi.media.type is 'Kind of event, such as recording, screenshot or summary.';
comment on column snapcall_bi.media.media_type is 'Kind of medium, such as video/webm (data.type).';
comment on column snapcall_bi.media.media_from is 'Who it comes from, such as agent or client (data.from).';
comment on column snapcall_bi.media.media_asset is 'Where the medium is (data.s3Asset); such addresses may expire.';
comment on column snapcall_bi.media.thumbnail_asset is 'Where its small picture is; null until it is made.';
comment on column snapcall_bi.media.summary is 'Text of the summary; null until it is made.';
comment on column snapcall_bi.media.summary_status is 'State of the summary, as served.';
comment on column snapcall_bi.media.transcript_id is 'Key of the transcript; null until it is made.';
comment on column snapcall_bi.media.user_id is 'User whose event it is.';
comment on column snapcall_bi.media.user_name is 'That user''s name.';
comment on column snapcall_bi.media.team_id is 'Team of the stream; snapcall.teams.id.';

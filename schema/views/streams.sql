-- Which streams were there, who took part, and how long did they last?
create or replace view snapcall_bi.streams as
select s.account,
       s.id,
       s.token,
       s.created_at,
       s.expired_at,
       coalesce(s.type, '(none)') as type,
       s.name,
       s.origin,
       s.call_id,
       s.bid as button,
       coalesce(b.name, s.bid, '(none)') as button_name,
       s.user_id,
       coalesce(u.name, s.user_id::text, '(none)') as user_name,
       s.team_id,
       coalesce(t.name, s.team_id::text, '(none)') as team_name,
       s.external_id,
       s.external_id_url,
       e.first_event_at,
       e.last_event_at,
       extract(epoch from e.last_event_at - e.first_event_at)::double precision as duration_s,
       e.events,
       e.participants,
       e.media
-- Account by account: so a question that names none uses the index of (account, created_at), too.
from callmirror.accounts a
join snapcall.streams s on s.account = a.account
left join lateral (
    select min(coalesce(e.emitted_at, e.created_at)) as first_event_at,
           max(coalesce(e.emitted_at, e.created_at)) as last_event_at,
           count(*) as events,
           count(distinct coalesce(e.user_id::text, e.peer_id)) as participants,
           count(e.media_asset) as media
    from snapcall.stream_events e
    where e.account = s.account and e.stream_id = s.id and e.deleted_at is null
) e on true
left join snapcall.buttons b on b.account = s.account and b.id = s.bid
left join snapcall.teams t on t.account = s.account and t.id = s.team_id
left join snapcall.users u on u.account = s.account and u.id = s.user_id
where s.deleted_at is null;

comment on view snapcall_bi.streams is 'Which streams were there, who took part, and how long did they last? One row for each stream that stands at the source.';
comment on column snapcall_bi.streams.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.streams.id is 'snapcall.streams.id.';
comment on column snapcall_bi.streams.token is 'The stream''s token, by which the API knows it.';
comment on column snapcall_bi.streams.created_at is 'When it was made; what streams_by_day goes by.';
comment on column snapcall_bi.streams.expired_at is 'When it ended or ends.';
comment on column snapcall_bi.streams.type is 'Kind of stream as served, such as assist or instant; (none): not served.';
comment on column snapcall_bi.streams.name is 'What it is called.';
comment on column snapcall_bi.streams.origin is 'Where it comes from, as served.';
comment on column snapcall_bi.streams.call_id is 'Call it belongs to; snapcall.calls.id.';
comment on column snapcall_bi.streams.button is 'Button that it came from; snapcall.buttons.id.';
comment on column snapcall_bi.streams.button_name is 'The button''s name, else its id; (none): no button.';
comment on column snapcall_bi.streams.user_id is 'User whose it is; snapcall.users.id.';
comment on column snapcall_bi.streams.user_name is 'The user''s name, else the id; (none): no user.';
comment on column snapcall_bi.streams.team_id is 'Team; snapcall.teams.id.';
comment on column snapcall_bi.streams.team_name is 'The team''s name, else its id; (none): no team.';
comment on column snapcall_bi.streams.external_id is 'Key of the case in another program.';
comment on column snapcall_bi.streams.external_id_url is 'Address of that case.';
comment on column snapcall_bi.streams.first_event_at is 'Time of its first event (emitted_at, else created_at); null: it has none.';
comment on column snapcall_bi.streams.last_event_at is 'Time of its last event (emitted_at, else created_at).';
comment on column snapcall_bi.streams.duration_s is 'Seconds from its first to its last event.';
comment on column snapcall_bi.streams.events is 'Its events.';
comment on column snapcall_bi.streams.participants is 'Different people in its events: users, and peers where no user is named.';
comment on column snapcall_bi.streams.media is 'Its events with a recording or a picture.';

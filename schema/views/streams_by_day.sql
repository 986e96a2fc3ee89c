-- How many streams a day of each type, when was their first and last event, how many took part, and
-- how long did they last?
create or replace view snapcall_bi.streams_by_day as
select d.account, d.day, n.type, n.streams, n.with_events, n.first_event_at, n.last_event_at,
       n.events, n.media, n.participants, n.duration_s, n.longest_s
from snapcall_bi.days d
cross join lateral (
    select s.type,
           count(*) as streams,
           count(s.first_event_at) as with_events,
           min(s.first_event_at) as first_event_at,
           max(s.last_event_at) as last_event_at,
           sum(s.events)::bigint as events,
           sum(s.media)::bigint as media,
           avg(s.participants)::double precision as participants,
           avg(s.duration_s) as duration_s,
           max(s.duration_s) as longest_s
    from snapcall_bi.streams s
    where s.account = d.account and s.created_at >= d.begins and s.created_at < d.ends
    group by s.type
) n;

comment on view snapcall_bi.streams_by_day is 'How many streams a day of each type, when was their first and last event, how many took part, and how long did they last? One row for each account, day and type.';
comment on column snapcall_bi.streams_by_day.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.streams_by_day.day is 'Day of the streams'' created_at, in the session''s time zone.';
comment on column snapcall_bi.streams_by_day.type is 'Kind of stream as served; (none): not served.';
comment on column snapcall_bi.streams_by_day.streams is 'Streams made on that day.';
comment on column snapcall_bi.streams_by_day.with_events is 'Of those: with at least one event.';
comment on column snapcall_bi.streams_by_day.first_event_at is 'The first event in any of them (emitted_at, else created_at).';
comment on column snapcall_bi.streams_by_day.last_event_at is 'The last event in any of them.';
comment on column snapcall_bi.streams_by_day.events is 'Events in them.';
comment on column snapcall_bi.streams_by_day.media is 'Events with a recording or a picture.';
comment on column snapcall_bi.streams_by_day.participants is 'Mean number of different people in a stream''s events.';
comment on column snapcall_bi.streams_by_day.duration_s is 'Mean time from a stream''s first to its last event, seconds.';
comment on column snapcall_bi.streams_by_day.longest_s is 'The longest such time, seconds.';

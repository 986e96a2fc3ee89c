-- What happens in streams: how many events a day of each type?
create or replace view snapcall_bi.events_by_day as
select d.account, d.day, n.type, n.events, n.streams
from snapcall_bi.days d
cross join lateral (
    select coalesce(e.type, '(none)') as type,
           count(*) as events,
           count(distinct e.stream_id) as streams
    from snapcall.stream_events e
    where e.account = d.account and e.created_at >= d.begins and e.created_at < d.ends
      and e.deleted_at is null
    group by e.type
) n;

comment on view snapcall_bi.events_by_day is 'What happens in streams: how many events a day of each type? One row for each account, day and type.';
comment on column snapcall_bi.events_by_day.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.events_by_day.day is 'Day of the events'' created_at, in the session''s time zone.';
comment on column snapcall_bi.events_by_day.type is 'Kind of event as served; (none): not served.';
comment on column snapcall_bi.events_by_day.events is 'Events of that kind.';
comment on column snapcall_bi.events_by_day.streams is 'Different streams that they happened in.';

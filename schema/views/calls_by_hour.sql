-- How many calls an hour, and how did they end?
create or replace view snapcall_bi.calls_by_hour as
select d.account, h.hour, d.day,
       extract(hour from h.hour)::integer as hour_of_day,
       extract(isodow from h.hour)::integer as weekday,
       n.calls, n.answered, n.missed, n.abandoned, n.ongoing, n.other,
       n.answered::double precision / nullif(n.calls - n.ongoing, 0) as answered_rate,
       n.missed::double precision / nullif(n.calls - n.ongoing, 0) as missed_rate,
       n.abandoned::double precision / nullif(n.calls - n.ongoing, 0) as abandoned_rate,
       n.waiting_s, n.duration_s, n.rated, n.rating
from snapcall_bi.days d
cross join lateral generate_series(d.begins, d.ends - interval '1 hour', interval '1 hour') h (hour)
cross join lateral (
    select
           count(*) as calls,
           count(*) filter (where c.outcome = 'answered') as answered,
           count(*) filter (where c.outcome = 'missed') as missed,
           count(*) filter (where c.outcome = 'abandoned') as abandoned,
           count(*) filter (where c.outcome = 'ongoing') as ongoing,
           count(*) filter (where c.outcome = 'other') as other,
           avg(c.waiting_s) filter (where c.outcome = 'answered') as waiting_s,
           avg(c.duration_s) filter (where c.outcome = 'answered') as duration_s,
           count(c.rating) as rated,
           avg(c.rating) as rating
    from snapcall_bi.calls c
    where c.account = d.account and c.created_at >= h.hour
      and c.created_at < h.hour + interval '1 hour'
) n;

comment on view snapcall_bi.calls_by_hour is 'How many calls an hour, and how did they end? One row for each account and hour, hours without a call included.';
comment on column snapcall_bi.calls_by_hour.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.calls_by_hour.hour is 'First moment of the hour of created_at.';
comment on column snapcall_bi.calls_by_hour.day is 'Its day, in the session''s time zone.';
comment on column snapcall_bi.calls_by_hour.hour_of_day is 'Its hour of the day, 0 to 23, in the session''s time zone.';
comment on column snapcall_bi.calls_by_hour.weekday is 'Its day of the week, 1 (Monday) to 7.';
comment on column snapcall_bi.calls_by_hour.calls is 'Calls made in that time.';
comment on column snapcall_bi.calls_by_hour.answered is 'Of those: answered, by snapcall_bi.status_map.';
comment on column snapcall_bi.calls_by_hour.missed is 'Of those: nobody took them.';
comment on column snapcall_bi.calls_by_hour.abandoned is 'Of those: the client gave up.';
comment on column snapcall_bi.calls_by_hour.ongoing is 'Of those: not over yet.';
comment on column snapcall_bi.calls_by_hour.other is 'Of those: with a status that snapcall_bi.status_map does not know.';
comment on column snapcall_bi.calls_by_hour.answered_rate is 'Share answered of the calls that are over, 0 to 1; null where there are none.';
comment on column snapcall_bi.calls_by_hour.missed_rate is 'Share missed of the calls that are over, 0 to 1.';
comment on column snapcall_bi.calls_by_hour.abandoned_rate is 'Share abandoned of the calls that are over, 0 to 1.';
comment on column snapcall_bi.calls_by_hour.waiting_s is 'Mean time until an answer, seconds; of answered calls.';
comment on column snapcall_bi.calls_by_hour.duration_s is 'Mean length of answered calls, seconds, as served.';
comment on column snapcall_bi.calls_by_hour.rated is 'Calls that were rated.';
comment on column snapcall_bi.calls_by_hour.rating is 'Mean rating of those, on the source''s own scale.';

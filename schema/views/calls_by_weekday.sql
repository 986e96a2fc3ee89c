-- Which days of the week are busy, and how do their calls end? Ask for the weeks you want and take
-- the mean over them.
create or replace view snapcall_bi.calls_by_weekday as
select d.account,
       date_trunc('week', d.day::timestamp)::date as week,
       extract(isodow from d.day)::integer as weekday,
       to_char(d.day, 'FMDay') as weekday_name,
       d.calls, d.answered, d.missed, d.abandoned, d.ongoing, d.other,
       d.answered_rate, d.missed_rate, d.abandoned_rate,
       d.waiting_s, d.duration_s, d.rated, d.rating
from snapcall_bi.calls_by_day d;

comment on view snapcall_bi.calls_by_weekday is 'Which days of the week are busy, and how do their calls end? One row for each account, week and day of it: take the mean over the weeks you want.';
comment on column snapcall_bi.calls_by_weekday.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.calls_by_weekday.week is 'Monday of the week, in the session''s time zone.';
comment on column snapcall_bi.calls_by_weekday.weekday is 'Day of the week, 1 (Monday) to 7.';
comment on column snapcall_bi.calls_by_weekday.weekday_name is 'Its name in English.';
comment on column snapcall_bi.calls_by_weekday.calls is 'Calls made in that time.';
comment on column snapcall_bi.calls_by_weekday.answered is 'Of those: answered, by snapcall_bi.status_map.';
comment on column snapcall_bi.calls_by_weekday.missed is 'Of those: nobody took them.';
comment on column snapcall_bi.calls_by_weekday.abandoned is 'Of those: the client gave up.';
comment on column snapcall_bi.calls_by_weekday.ongoing is 'Of those: not over yet.';
comment on column snapcall_bi.calls_by_weekday.other is 'Of those: with a status that snapcall_bi.status_map does not know.';
comment on column snapcall_bi.calls_by_weekday.answered_rate is 'Share answered of the calls that are over, 0 to 1; null where there are none.';
comment on column snapcall_bi.calls_by_weekday.missed_rate is 'Share missed of the calls that are over, 0 to 1.';
comment on column snapcall_bi.calls_by_weekday.abandoned_rate is 'Share abandoned of the calls that are over, 0 to 1.';
comment on column snapcall_bi.calls_by_weekday.waiting_s is 'Mean time until an answer, seconds; of answered calls.';
comment on column snapcall_bi.calls_by_weekday.duration_s is 'Mean length of answered calls, seconds, as served.';
comment on column snapcall_bi.calls_by_weekday.rated is 'Calls that were rated.';
comment on column snapcall_bi.calls_by_weekday.rating is 'Mean rating of those, on the source''s own scale.';

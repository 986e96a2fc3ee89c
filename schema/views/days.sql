-- Which days does an account's history span? What the views by day start from: each day asks the
-- index for its own records, so that a question about 30 days reads 30 days.
create or replace view snapcall_bi.days as
select a.account, d.begins::date as day, d.begins, d.begins + interval '1 day' as ends
from callmirror.accounts a
cross join lateral (
    select least((select min(c.created_at) from snapcall.calls c where c.account = a.account),
                 (select min(s.created_at) from snapcall.streams s where s.account = a.account),
                 (select min(e.created_at) from snapcall.stream_events e
                  where e.account = a.account)) as oldest,
           greatest((select max(c.created_at) from snapcall.calls c where c.account = a.account),
                    (select max(s.created_at) from snapcall.streams s where s.account = a.account),
                    (select max(e.created_at) from snapcall.stream_events e
                     where e.account = a.account),
                    now()) as newest
) history
-- Bounds, as one record with a nonsensical date would make millions of days.
cross join lateral generate_series(date_trunc('day', greatest(history.oldest, '2000-01-01')),
                                   least(history.newest, now() + interval '2 years'),
                                   interval '1 day') d (begins);

comment on view snapcall_bi.days is 'Which days does an account''s history span? One row for each account and day, from the oldest call, stream or event to today or the newest.';
comment on column snapcall_bi.days.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.days.day is 'The day, in the session''s time zone; from 2000 to two years ahead.';
comment on column snapcall_bi.days.begins is 'Its first moment, in the session''s time zone.';
comment on column snapcall_bi.days.ends is 'The first moment of the next day.';

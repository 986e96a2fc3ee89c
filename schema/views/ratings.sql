-- How do clients rate their calls? The mean is in calls_by_day; this is how the ratings spread.
create or replace view snapcall_bi.ratings as
select d.account, d.day, n.rating, n.calls
from snapcall_bi.days d
cross join lateral (
    select c.rating, count(*) as calls
    from snapcall_bi.calls c
    where c.account = d.account and c.created_at >= d.begins and c.created_at < d.ends
    group by c.rating
) n;

comment on view snapcall_bi.ratings is 'How do clients rate their calls? One row for each account, day and rating that was given.';
comment on column snapcall_bi.ratings.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.ratings.day is 'Day of the call''s created_at, in the session''s time zone.';
comment on column snapcall_bi.ratings.rating is 'The rating, on the source''s own scale; null: calls that are not rated.';
comment on column snapcall_bi.ratings.calls is 'Calls with that rating.';

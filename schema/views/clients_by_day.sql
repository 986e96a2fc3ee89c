-- How many different clients call, and how many had called within the seven days before?
create or replace view snapcall_bi.clients_by_day as
select d.account, d.day, n.calls, n.clients, n.repeat_calls, n.repeat_clients,
       n.repeat_clients::double precision / nullif(n.clients, 0) as repeat_rate
from snapcall_bi.days d
cross join lateral (
    select coalesce(sum(one.calls), 0)::bigint as calls,
           count(one.client) as clients,
           coalesce(sum(one.repeat_calls), 0)::bigint as repeat_calls,
           count(one.client) filter (where one.repeat_calls > 0) as repeat_clients
    from (
        select coalesce(c.client, c.ani) as client,
               count(*) as calls,
               count(*) filter (where exists (
                   select from snapcall.calls before
                   where before.account = c.account
                     and coalesce(before.client, before.ani) = coalesce(c.client, c.ani)
                     and before.created_at < c.created_at
                     and before.created_at >= c.created_at - interval '7 days'
                     and before.deleted_at is null
               )) as repeat_calls
        from snapcall.calls c
        where c.account = d.account and c.created_at >= d.begins and c.created_at < d.ends
          and c.deleted_at is null
        group by coalesce(c.client, c.ani)
    ) one
) n;

comment on view snapcall_bi.clients_by_day is 'How many different clients call, and how many had called within the seven days before? One row for each account and day. The same client counts on each day: do not add clients up over days, count them in snapcall_bi.calls.';
comment on column snapcall_bi.clients_by_day.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.clients_by_day.day is 'Day of created_at, in the session''s time zone.';
comment on column snapcall_bi.clients_by_day.calls is 'Calls made on that day.';
comment on column snapcall_bi.clients_by_day.clients is 'Different clients who made them: the client as served, else the calling number; calls with neither count for nobody.';
comment on column snapcall_bi.clients_by_day.repeat_calls is 'Calls of the day whose client had made another one within the 7 times 24 hours before.';
comment on column snapcall_bi.clients_by_day.repeat_clients is 'Different clients who made those.';
comment on column snapcall_bi.clients_by_day.repeat_rate is 'Share of the day''s clients who had called within the seven days before, 0 to 1.';

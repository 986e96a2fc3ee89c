-- How each list of an account is, within a stretch of time.
-- $1 account, $2 from, $3 to, $4 now, $5 what was read before this counts as not read
with slices as (
    select resource, scope, begins, ends, due_at, records, failures, read_at,
           read_at is not null
               and (read_at >= $5::timestamptz or (ends = 'infinity' and begins > '-infinity'))
               as is_read,
           -- A list without time axis is one slice from and to infinity: it counts as one.
           begins = '-infinity' and ends = 'infinity' as is_whole,
           ends = 'infinity' and begins > '-infinity' as is_head,
           case when greatest(begins, $2::timestamptz) = '-infinity' then 1
                else greatest(0, extract(epoch from least(ends, $3::timestamptz, $4::timestamptz)
                                                  - greatest(begins, $2::timestamptz)))
           end as width
    from callmirror.slices
    where account = $1 and begins < $3::timestamptz and ends > $2::timestamptz
), covered as (
    select resource, scope,
           count(*) filter (where not is_read and not is_head) as unread,
           count(*) filter (where not is_read and not is_head and failures >= 5) as hopeless,
           count(*) filter (where is_read and due_at <= $4::timestamptz and not is_head) as due,
           coalesce(sum(records), 0) as records,
           coalesce(sum(width) filter (where is_read) / nullif(sum(width), 0), 0) as share,
           min(begins) as oldest,
           max(due_at) filter (where is_whole) as whole_due_at,
           max(begins) filter (where not is_read) as reading,
           coalesce(max(ends) filter (where read_at is null), min(begins)) as complete_back_to
    from slices group by resource, scope
), waiting as (
    select resource, scope,
           count(*) filter (where state in ('ask', 'absent')) as suspects,
           count(*) filter (where state = 'held') as held
    from callmirror.suspects where account = $1 group by resource, scope
), learnt as (
    select * from callmirror.listings where account = $1
)
select resource, scope,
       coalesce(covered.unread, 0) as unread,
       coalesce(covered.hopeless, 0) as hopeless,
       coalesce(covered.due, 0) as due,
       coalesce(covered.records, 0) as records,
       coalesce(covered.share, 0) as share,
       covered.oldest,
       covered.whole_due_at,
       covered.reading,
       covered.complete_back_to,
       coalesce(waiting.suspects, 0) as suspects,
       coalesce(waiting.held, 0) as held,
       coalesce(learnt.history_complete, false) as history_complete,
       learnt.head_read_at,
       learnt.aside_until > $4::timestamptz as aside,
       coalesce(learnt.aside_reason, '') as aside_reason,
       coalesce(learnt.last_error, '') as last_error,
       learnt.last_error_at,
       coalesce(learnt.failures, 0) as failures,
       learnt.first_page,
       learnt.page_limit,
       (select count(*) from callmirror.rejected r
        where r.account = $1 and r.resource = coalesce(learnt.resource, covered.resource)) as rejected
from learnt
full join covered using (resource, scope)
left join waiting using (resource, scope)
order by resource, scope

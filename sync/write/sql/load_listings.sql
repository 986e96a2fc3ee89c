-- $1 account
select resource, scope, first_page, page_limit, full_page_seen, largest_page, granularity_s,
       serves_total, history_complete, history_start, aside_until, aside_reason, last_error, last_error_at,
       failures, head_read_at
from callmirror.listings where account = $1 order by resource, scope

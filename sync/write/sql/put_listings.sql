-- $1 account, then an array for each column
insert into callmirror.listings
    (account, resource, scope, first_page, page_limit, full_page_seen, largest_page, granularity_s,
     serves_total, history_complete, history_start, aside_until, aside_reason, last_error,
     last_error_at, failures, head_read_at)
select $1, l.* from unnest($2::text[], $3::text[], $4::integer[], $5::integer[], $6::boolean[],
    $7::integer[], $8::bigint[], $9::boolean[], $10::boolean[], $11::timestamptz[],
    $12::timestamptz[], $13::text[], $14::text[], $15::timestamptz[], $16::integer[],
    $17::timestamptz[]) l
on conflict (account, resource, scope) do update
set first_page = excluded.first_page, page_limit = excluded.page_limit,
    full_page_seen = excluded.full_page_seen, largest_page = excluded.largest_page,
    granularity_s = excluded.granularity_s, serves_total = excluded.serves_total,
    history_complete = excluded.history_complete,
    history_start = excluded.history_start, aside_until = excluded.aside_until,
    aside_reason = excluded.aside_reason, last_error = excluded.last_error,
    last_error_at = excluded.last_error_at, failures = excluded.failures,
    head_read_at = excluded.head_read_at

-- $1 now, and for some of the stage only: $2 their keys
insert into {table} ({columns}, first_seen_at, changed_at)
select {columns}, $1::timestamptz, $1::timestamptz from pg_temp.callmirror_stage {filter}
order by id
on conflict (account, id) do update
set {assignments}, changed_at = excluded.changed_at, deleted_at = null
returning (xmax = 0)

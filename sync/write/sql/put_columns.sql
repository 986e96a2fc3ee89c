-- $1 account, $2 now, then an array for each column. One that is not what it was is filled anew.
insert into callmirror.columns as c (account, resource, name, place, pointers, defined_at)
select $1, w.*, $2::timestamptz from unnest($3::text[], $4::text[], $5::integer[], $6::text[]) w
on conflict (account, resource, name) do update
set place = excluded.place, pointers = excluded.pointers, defined_at = excluded.defined_at,
    filled_to = null, filled_at = null
where c.place <> excluded.place or c.pointers <> excluded.pointers

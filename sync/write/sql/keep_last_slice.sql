-- $1 account, $2 highest id that is removed, $3 now. Ids are never used again.
insert into callmirror.accounts as a (account, last_slice, updated_at)
values ($1, $2, $3)
on conflict (account) do update set last_slice = greatest(a.last_slice, excluded.last_slice)

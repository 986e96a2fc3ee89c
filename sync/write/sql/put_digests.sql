-- $1 account, $2 slices, $3 pieces, $4 contents
insert into callmirror.digests (account, slice, piece, content)
select $1, d.* from unnest($2::bigint[], $3::bigint[], $4::bytea[]) d
on conflict (account, slice, piece) do update set content = excluded.content

-- $1 account, $2 resource, $3 id, $4 place, $5 reason, $6 raw, $7 now
insert into callmirror.rejected (account, resource, content_hash, id, place, reason, raw, seen_at)
values ($1, $2, sha256(convert_to($5::text || E'\n' || $6::text, 'UTF8')), $3, $4, $5, $6, $7)
on conflict (account, resource, content_hash) do nothing
returning (xmax = 0)

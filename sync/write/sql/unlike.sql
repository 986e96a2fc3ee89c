-- $1 account, $2 keys, sorted, $3 their content hashes. The places (from 1) of those whose row is not
-- there as it should be: missing, deleted, or of other content.
select k.place
from unnest($2::{key_type}[], $3::bigint[]) with ordinality k (id, hash, place)
left join lateral (
    select content_hash, deleted_at from {table} m where m.account = $1 and m.id = k.id limit 1
) t on true
where t.content_hash is distinct from k.hash or t.deleted_at is not null

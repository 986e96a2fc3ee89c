-- $1 account, $2 keys, sorted. The lateral form stays a look-up by key on a table that has no
-- statistics yet; "id = any($2)" does not.
select k.place, t.content_hash, t.deleted_at is not null
from unnest($2::{key_type}[]) with ordinality k (id, place)
cross join lateral (
    select content_hash, deleted_at from {table} m where m.account = $1 and m.id = k.id limit 1
) t

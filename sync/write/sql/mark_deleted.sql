-- $1 account, $2 keys, $3 now
update {table} set deleted_at = $3::timestamptz, changed_at = $3::timestamptz
where account = $1 and id = any($2::{key_type}[]) and deleted_at is null
returning 1

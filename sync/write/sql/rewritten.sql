-- $1 account, $2 and $3 least and greatest key, $4 how many at most. The rows among them that were
-- written more than once: what was not is as it was when a digest first vouched for it.
select id, content_hash, deleted_at is not null
from {table}
where account = $1 and id between $2 and $3
  and (changed_at <> first_seen_at or deleted_at is not null)
limit $4

-- $1 account
select resource, path, type, example, seen, last_record, first_seen_at, last_seen_at, vanished_at
from callmirror.fields where account = $1 order by resource, path collate "C", type

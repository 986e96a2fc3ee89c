-- What the API sends for an account. $1 account, $2 resources; null: all
with records as (
    select resource, seen from callmirror.fields where account = $1 and path = ''
)
select f.resource, f.path, f.type, f.seen, r.seen as records, f.example, f.first_seen_at,
       f.last_seen_at, f.vanished_at
from callmirror.fields f
join records r using (resource)
where f.account = $1 and f.path <> '' and ($2::text[] is null or resource = any($2::text[]))
order by f.resource, f.path collate "C", f.seen desc, f.type

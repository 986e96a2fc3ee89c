-- How far an account's own columns are filled, as one text; null where all are. $1 account
select string_agg(resource || '.' || name || ' ' || coalesce(filled_to, ''), ' ' order by resource, name)
from callmirror.columns where account = $1 and filled_at is null

-- $1 account
select id, resource, scope, begins, ends, read_at, due_at, records, pages, reads, failures,
       changed_at
from callmirror.slices where account = $1 order by resource, scope, begins, id

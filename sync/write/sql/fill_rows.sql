-- $1 account, $2 ids, then an array for each column. Rows that are so already are left alone.
update {table} t set {assignments}
from unnest($2::{key_type}[], {arrays}) v (id, {values})
where t.account = $1 and t.id = v.id and row({columns}) is distinct from row({new_values})
returning 1

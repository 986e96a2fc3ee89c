-- $1 account, $2 id of the last row that was looked at; null: none was, $3 how many. Locked: what is
-- written to them meanwhile is not to be overtaken.
select id, raw from {table}
where account = $1 and ($2::{key_type} is null or id > $2::{key_type})
order by account, id limit $3
for no key update

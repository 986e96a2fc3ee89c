-- $1 account, $2 and $3 least and greatest key of a batch. No row: every one of its rows is new.
select id from {table} where account = $1 and id between $2 and $3
order by account, id limit 1

-- $1 account, $2 and $3 least and greatest key, $4 how many at most. Does not look at the rows where
-- vacuum has been.
select id from {table} where account = $1 and id between $2 and $3 order by account, id limit $4

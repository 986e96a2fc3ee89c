-- $1 account, $2 and $3 least and greatest key, $4 where to stop. Does not look at the rows where
-- vacuum has been.
select count(*) from (
    select from {table} where account = $1 and id between $2 and $3 limit $4
) part

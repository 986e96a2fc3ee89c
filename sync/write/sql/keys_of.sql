-- $1 account
select distinct {column} from {table}
where account = $1 and deleted_at is null and {column} <> '' order by 1

create temporary table callmirror_stage on commit drop as
select {columns} from {table} with no data

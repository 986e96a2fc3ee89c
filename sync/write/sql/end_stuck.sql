-- $1 milliseconds. Ends transactions of this role that have a lease's row locked and have waited for
-- their client for so long in the middle of a statement: a COPY from a process that is frozen or cut
-- off, which neither statement_timeout nor idle_in_transaction_session_timeout ends.
select count(pg_terminate_backend(a.pid))
from pg_catalog.pg_stat_activity a
where a.usename = current_user and a.pid <> pg_backend_pid()
  and a.state = 'active' and a.wait_event_type = 'Client'
  and a.query_start < clock_timestamp() - $1::bigint * interval '1 millisecond'
  and a.pid in (select l.pid from pg_catalog.pg_locks l
                where l.relation = 'callmirror.leases'::regclass
                  and l.database = (select d.oid from pg_catalog.pg_database d
                                    where d.datname = current_database()))

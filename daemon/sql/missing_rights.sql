-- The statements that give this role what it lacks for the daemon's work. $1 the mirror's schema
with wanted (schema, privilege) as (
    values ('callmirror', 'select'), ('callmirror', 'insert'), ('callmirror', 'update'),
           ('callmirror', 'delete'), ($1, 'select'), ($1, 'insert'), ($1, 'update'),
           ($1 || '_bi', 'select')
), missing as (
    select t.schemaname, t.relname, w.privilege
    from wanted w
    join (select n.nspname as schemaname, c.relname, c.oid
          from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p', 'v')) t on t.schemaname = w.schema
    where case when has_schema_privilege(t.schemaname, 'usage')
               then not has_table_privilege(t.oid, w.privilege) end
)
select format('grant usage on schema %I to %I;', schema, current_user) as sql
from (select distinct schema from wanted) schemas
where to_regnamespace(schema) is not null and not has_schema_privilege(schema, 'usage')
union all
select format('grant temporary on database %I to %I;', current_database(), current_user)
where not has_database_privilege(current_database(), 'temporary')
union all
select format('grant %s on %I.%I to %I;', string_agg(privilege, ', ' order by privilege),
              schemaname, relname, current_user)
from missing group by schemaname, relname

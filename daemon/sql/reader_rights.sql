-- The statements that make the role for reports and dashboards, and give it what it lacks: to read
-- the mirror and the views. $1 the mirror's schema, $2 the role
with reader as (
    select oid, array_to_string(rolconfig, ' ') as settings from pg_catalog.pg_roles
    where rolname = $2::text
), schemas as (
    select n.oid, n.nspname::text as name from pg_catalog.pg_namespace n
    where n.nspname in ($1::text, $1::text || '_bi')
), statements as (
    select 1 as place, format('create role %I login nosuperuser nocreatedb nocreaterole', $2) as sql
    where not exists (select from reader)
    union all
    select 2, format('alter role %I set statement_timeout = %L', $2, '1min')
    where not exists (select from reader where settings ~ 'statement_timeout')
    union all
    -- Compiling a question takes longer than answering it from these tables.
    select 2, format('alter role %I set jit = off', $2)
    where not exists (select from reader where settings ~ 'jit=')
    union all
    select 3, format('grant connect on database %I to %I', current_database(), $2)
    where not coalesce(has_database_privilege((select oid from reader), current_database(),
                                              'connect'), true)
    union all
    select 4, format('grant usage on schema %I to %I', name, $2)
    from schemas
    where not coalesce(has_schema_privilege((select oid from reader), oid, 'usage'), false)
    union all
    select 5, format('grant select on all tables in schema %I to %I', name, $2)
    from schemas
    where exists (select from pg_catalog.pg_class c
                  where c.relnamespace = schemas.oid and c.relkind in ('r', 'p', 'v')
                    and not coalesce(has_table_privilege((select oid from reader), c.oid, 'select'),
                                     false))
    union all
    -- What later versions add.
    select 6, format('alter default privileges for role %I in schema %I grant select on tables to %I',
                     current_user, name, $2)
    from schemas
    where not exists (
        select from pg_catalog.pg_default_acl d
        cross join lateral aclexplode(d.defaclacl) granted
        where d.defaclnamespace = schemas.oid and d.defaclobjtype = 'r'
          and d.defaclrole = (select oid from pg_catalog.pg_roles where rolname = current_user)
          and granted.grantee = (select oid from reader) and granted.privilege_type = 'SELECT')
)
select sql from statements order by place, sql

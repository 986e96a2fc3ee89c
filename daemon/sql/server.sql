-- What answers, and as whom we are there. $1 the mirror's schema
select current_setting('server_version') as version,
       current_user as role,
       pg_is_in_recovery() as is_standby,
       to_regnamespace('callmirror') is not null and to_regnamespace($1) is not null
           and to_regnamespace($1 || '_bi') is not null as has_schemas,
       has_database_privilege(current_database(), 'create') as may_make_schemas

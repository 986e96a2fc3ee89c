-- The roles that callmirror needs, with the least rights. Run it once, as a superuser or as a role
-- that may create roles, in the database that is to hold the mirror:
--
--   psql -v daemon=callmirror -v owner=callmirror_owner -v reader=callmirror_reader \
--        -d reporting -f roles.sql
--   psql -d reporting -c '\password callmirror'
--
-- owner   owns the three schemas, and runs `callmirror migrate`. It may create nothing elsewhere.
-- daemon  runs `callmirror run`, `backfill`, `check` and `status`: reads and writes rows. It can
--         delete no row of the mirror, and neither alter nor drop a table.
-- reader  for reports and dashboards: reads the mirror and the views.
--
-- With -v owner=callmirror the daemon is the owner too and migrates by itself: simpler, and enough
-- where the database holds nothing but the mirror. It can be run again at any time.

\set ON_ERROR_STOP on
\if :{?daemon} \else \set daemon callmirror \endif
\if :{?owner} \else \set owner callmirror_owner \endif
\if :{?reader} \else \set reader callmirror_reader \endif

begin;

select format('create role %I login nosuperuser nocreatedb nocreaterole', name)
from (values (:'daemon'), (:'owner')) roles (name)
where not exists (select from pg_roles where rolname = name)
group by name \gexec
select format('create role %I login nosuperuser nocreatedb nocreaterole', :'reader')
where not exists (select from pg_roles where rolname = :'reader') \gexec
-- A question that takes longer is a mistake. One may set it otherwise, and it stays.
select format('alter role %I set statement_timeout = %L', rolname, '1min')
from pg_roles where rolname = :'reader' and array_to_string(rolconfig, ' ') !~ 'statement_timeout'
    is not false \gexec
-- Compiling a question takes longer than answering it from these tables.
select format('alter role %I set jit = off', rolname)
from pg_roles where rolname = :'reader' and array_to_string(rolconfig, ' ') !~ 'jit='
    is not false \gexec

select format('grant connect on database %I to %I, %I, %I',
              current_database(), :'daemon', :'owner', :'reader') \gexec
-- Changed rows go through a temporary table.
select format('grant temporary on database %I to %I', current_database(), :'daemon') \gexec

select format('create schema %I authorization %I', name, :'owner')
from (values ('callmirror'), ('snapcall'), ('snapcall_bi')) schemas (name)
where to_regnamespace(name) is null \gexec

grant usage on schema callmirror, snapcall, snapcall_bi to :"daemon";
grant usage on schema snapcall, snapcall_bi to :"reader";

-- Tables that the owner's migrations make.
alter default privileges for role :"owner" in schema callmirror
    grant select, insert, update, delete on tables to :"daemon";
alter default privileges for role :"owner" in schema snapcall
    grant select, insert, update on tables to :"daemon";
alter default privileges for role :"owner" in schema snapcall, snapcall_bi
    grant select on tables to :"reader";
alter default privileges for role :"owner" in schema snapcall_bi
    grant select on tables to :"daemon";
-- Tables that are there already.
grant select, insert, update, delete on all tables in schema callmirror to :"daemon";
grant select, insert, update on all tables in schema snapcall to :"daemon";
grant select on all tables in schema snapcall_bi to :"daemon";
grant select on all tables in schema snapcall, snapcall_bi to :"reader";

commit;

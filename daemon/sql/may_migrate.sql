-- Whether this role may change the schemas that are there. $1 the mirror's schema
select coalesce(bool_and(has_schema_privilege(name, 'create')), true) as may
from (values ('callmirror'), ($1), ($1 || '_bi')) schemas (name)
where to_regnamespace(name) is not null

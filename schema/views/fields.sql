-- What does the API send: which fields, of which types, how often, since when?
create or replace view snapcall_bi.fields as
select account,
       resource,
       path,
       string_agg(type, ' or ' order by seen desc, type) as types,
       sum(seen)::bigint as seen,
       sum(seen)::double precision / nullif(max(records), 0) as share,
       min(first_seen_at) as first_seen_at,
       max(last_seen_at) as last_seen_at,
       (array_agg(example order by type = 'null', seen desc, type))[1] as example,
       case when bool_and(vanished_at is not null) then max(vanished_at) end as vanished_at
from (
    select *, max(seen) filter (where path = '') over (partition by account, resource) as records
    from callmirror.fields
) each_type
where path <> ''
group by account, resource, path;

comment on view snapcall_bi.fields is 'What does the API send: which fields, of which types, how often, since when? One row for each account, resource and JSON path; counted over new and changed records.';
comment on column snapcall_bi.fields.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.fields.resource is 'Table in the schema snapcall.';
comment on column snapcall_bi.fields.path is 'JSON pointer into raw; [] stands for all elements of a list, * for names that look like data.';
comment on column snapcall_bi.fields.types is 'Types of its values, the most frequent first: null, boolean, number, text, object, list.';
comment on column snapcall_bi.fields.seen is 'New and changed records that had it, so far.';
comment on column snapcall_bi.fields.share is 'Share of the new and changed records that had it, 0 to 1; over 1 where the elements of a list are of several types.';
comment on column snapcall_bi.fields.first_seen_at is 'When this mirror saw it first.';
comment on column snapcall_bi.fields.last_seen_at is 'When this mirror saw it last.';
comment on column snapcall_bi.fields.example is 'What its first value looked like, not what it said: text(12), digits(11), uuid, email, url, 9999-99-99T99:99:99Z.';
comment on column snapcall_bi.fields.vanished_at is 'When it was given up, as many records had come without it; null: it is still being seen.';

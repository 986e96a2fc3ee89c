-- What the API sends: which JSON paths, of which types, how often.

create table callmirror.fields (
    account text not null,
    resource text not null,
    path text not null,
    type text not null,
    example text not null,
    seen bigint not null,
    last_record bigint not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    vanished_at timestamptz,
    primary key (account, resource, path, type)
);
comment on table callmirror.fields is
    'JSON paths that the API''s records have, with their types: counted over new and changed records. Holds no value.';
comment on column callmirror.fields.account is 'Name of the account in the configuration.';
comment on column callmirror.fields.resource is 'Table in the schema snapcall.';
comment on column callmirror.fields.path is
    'JSON pointer; [] stands for all elements of a list, * for names that look like data; empty: the record itself.';
comment on column callmirror.fields.type is 'Of the value there: null, boolean, number, text, object or list.';
comment on column callmirror.fields.example is
    'What the first such value looked like, not what it said: text(12), digits(11), uuid, email, url, 9999-99-99T99:99:99Z.';
comment on column callmirror.fields.seen is
    'New and changed records that had it so; up to a minute''s are not counted after a crash.';
comment on column callmirror.fields.last_record is
    'How many records of the resource had been looked at when it was seen last.';
comment on column callmirror.fields.first_seen_at is 'When this mirror saw it first.';
comment on column callmirror.fields.last_seen_at is 'When this mirror saw it last.';
comment on column callmirror.fields.vanished_at is
    'When it was given up, as many records had come without it; null: it is still being seen.';

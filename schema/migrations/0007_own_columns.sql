-- How far each of the operator's own columns is filled for rows that were there before it.

create table callmirror.columns (
    account text not null,
    resource text not null,
    name text not null,
    place integer not null,
    pointers text not null,
    defined_at timestamptz not null,
    filled_to text,
    filled_at timestamptz,
    primary key (account, resource, name)
);
comment on table callmirror.columns is
    'Columns of [[columns]] in the configuration, and how far they are filled for rows that were there before them.';
comment on column callmirror.columns.account is 'Name of the account in the configuration.';
comment on column callmirror.columns.resource is 'Table in the schema snapcall.';
comment on column callmirror.columns.name is 'The column''s name in that table.';
comment on column callmirror.columns.place is
    'Its number there (attnum): a column that was dropped and added again has another, and is filled anew.';
comment on column callmirror.columns.pointers is 'JSON pointers into raw that it is filled from, one a line.';
comment on column callmirror.columns.defined_at is 'When it was first seen with these pointers.';
comment on column callmirror.columns.filled_to is
    'Id of the last row that was looked at; null: none yet.';
comment on column callmirror.columns.filled_at is 'When the last row was looked at; null: not yet.';

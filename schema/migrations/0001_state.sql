-- The program's own state: who may write an account, what has been read, what is still to be asked.
-- Plain DDL; every table but migrations can be distributed by account.

-- An operator may have made the schemas beforehand, for an owner who may not create any.
do $$
begin
    if to_regnamespace('callmirror') is null then create schema callmirror; end if;
    if to_regnamespace('snapcall') is null then create schema snapcall; end if;
    if to_regnamespace('snapcall_bi') is null then create schema snapcall_bi; end if;
end
$$;

comment on schema callmirror is
    'State of the program callmirror: leases, slices, digests, suspects, rejected records. Not for reports.';
comment on schema snapcall is
    'Mirror of the SnapCall API: one table a resource, one row a record, removed ones included.';
comment on schema snapcall_bi is
    'Views on the mirror for people and dashboards.';

create table callmirror.migrations (
    version integer not null primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
);
comment on table callmirror.migrations is 'Changes of the database schema that have been applied.';
comment on column callmirror.migrations.version is 'Number of the change, from 1, without gap.';
comment on column callmirror.migrations.name is 'File name of the change.';
comment on column callmirror.migrations.checksum is 'SHA-256 of the file as it was applied, hexadecimal.';
comment on column callmirror.migrations.applied_at is 'When it was applied.';

create table callmirror.leases (
    account text not null primary key,
    holder text not null,
    fence bigint not null,
    acquired_at timestamptz not null,
    expires_at timestamptz not null,
    quiet_until timestamptz not null default '-infinity'
);
comment on table callmirror.leases is 'Which process may write an account. A row stays for ever, for its fence.';
comment on column callmirror.leases.account is 'Name of the account in the configuration.';
comment on column callmirror.leases.holder is 'The process that took the lease last: host:pid:random.';
comment on column callmirror.leases.fence is 'Grows with every holder; a commit with an older number is refused.';
comment on column callmirror.leases.acquired_at is 'When the holder took it, by the database''s clock.';
comment on column callmirror.leases.expires_at is 'Until when it is held, by the database''s clock.';
comment on column callmirror.leases.quiet_until is 'The next holder sends no request before, so that the API''s rate is kept.';

create table callmirror.accounts (
    account text not null primary key,
    provider text not null default '',
    state text not null default '',
    reason text not null default '',
    pace double precision not null default 0,
    companies bigint[] not null default '{}',
    last_slice bigint not null default 0,
    updated_at timestamptz not null
);
comment on table callmirror.accounts is 'How each account is, and what was learnt about it.';
comment on column callmirror.accounts.account is 'Name of the account in the configuration.';
comment on column callmirror.accounts.provider is 'Call platform: snapcall.';
comment on column callmirror.accounts.state is 'ok, or what is wrong in a word or two.';
comment on column callmirror.accounts.reason is 'Why the state is what it is; empty where it is ok.';
comment on column callmirror.accounts.pace is 'Requests per second that the API was found to allow; 0: not learnt yet.';
comment on column callmirror.accounts.companies is 'Ids of the companies whose lists are read.';
comment on column callmirror.accounts.last_slice is 'Highest id of a slice that was removed: ids are never used again.';
comment on column callmirror.accounts.updated_at is 'When this row changed last.';

create table callmirror.listings (
    account text not null,
    resource text not null,
    scope text not null,
    first_page integer,
    page_limit integer,
    full_page_seen boolean not null,
    largest_page integer not null,
    granularity_s bigint,
    serves_total boolean not null,
    history_complete boolean not null,
    history_start timestamptz,
    aside_until timestamptz,
    aside_reason text not null,
    last_error text not null,
    last_error_at timestamptz,
    failures integer not null,
    head_read_at timestamptz,
    primary key (account, resource, scope)
);
comment on table callmirror.listings is 'What was learnt about each list of the API, and how reading it goes.';
comment on column callmirror.listings.account is 'Name of the account in the configuration.';
comment on column callmirror.listings.resource is 'What is listed: calls, streams, ...';
comment on column callmirror.listings.scope is 'Id of the company whose list it is; empty for the account''s own.';
comment on column callmirror.listings.first_page is 'Number of the first page, 0 or 1; null: not found out yet.';
comment on column callmirror.listings.page_limit is 'Records a page that are asked for; 0: the parameter is not sent; null: not found out yet.';
comment on column callmirror.listings.full_page_seen is 'Whether a full page of that limit has been served.';
comment on column callmirror.listings.largest_page is 'Most records seen on one page.';
comment on column callmirror.listings.granularity_s is 'Seconds that the filters start and end can''t tell apart below; null: not found out yet.';
comment on column callmirror.listings.serves_total is 'Whether the API says how many records a list has.';
comment on column callmirror.listings.history_complete is 'Whether the oldest slice reaches back to the first record.';
comment on column callmirror.listings.history_start is 'The setting history_start that history is complete for; null: complete because three years show nothing.';
comment on column callmirror.listings.aside_until is 'The list is not readable for this key and is not tried before; null: it is read.';
comment on column callmirror.listings.aside_reason is 'Why it is set aside.';
comment on column callmirror.listings.last_error is 'What went wrong last; empty where the last read went well.';
comment on column callmirror.listings.last_error_at is 'When that was.';
comment on column callmirror.listings.failures is 'Failed reads in a row.';
comment on column callmirror.listings.head_read_at is 'When the newest records were read last.';

create table callmirror.slices (
    account text not null,
    id bigint not null,
    resource text not null,
    scope text not null,
    begins timestamptz not null,
    ends timestamptz not null,
    read_at timestamptz,
    due_at timestamptz not null,
    records bigint not null,
    pages integer not null,
    reads integer not null,
    failures integer not null,
    primary key (account, id)
);
comment on table callmirror.slices is 'Stretches of a list''s time axis that are read whole or count as not read.';
comment on column callmirror.slices.account is 'Name of the account in the configuration.';
comment on column callmirror.slices.id is 'Number within the account, never used again.';
comment on column callmirror.slices.resource is 'What is listed: calls, streams, ...';
comment on column callmirror.slices.scope is 'Id of the company whose list it is; empty for the account''s own.';
comment on column callmirror.slices.begins is 'Start, inclusive; -infinity: no lower bound.';
comment on column callmirror.slices.ends is 'End, exclusive; infinity: the newest records, or a list without time axis.';
comment on column callmirror.slices.read_at is 'When it was last read completely; null: never.';
comment on column callmirror.slices.due_at is 'When it is to be read next.';
comment on column callmirror.slices.records is 'Records that it held when it was last read completely.';
comment on column callmirror.slices.pages is 'Pages that the last complete read took.';
comment on column callmirror.slices.reads is 'Complete reads so far.';
comment on column callmirror.slices.failures is 'Failed reads in a row since the last complete one.';

create table callmirror.digests (
    account text not null,
    slice bigint not null,
    piece bigint not null,
    content bytea not null,
    primary key (account, slice, piece)
);
alter table callmirror.digests alter column content set storage external;
comment on table callmirror.digests is 'For each record in a slice its key and the hash of its content, in pieces.';
comment on column callmirror.digests.account is 'Name of the account in the configuration.';
comment on column callmirror.digests.slice is 'callmirror.slices.id';
comment on column callmirror.digests.piece is 'Order of the pieces of a slice.';
comment on column callmirror.digests.content is 'Keys and hashes, in the program''s own form.';

create table callmirror.suspects (
    account text not null,
    resource text not null,
    key text not null,
    scope text not null,
    slice bigint not null,
    state text not null,
    missing_since timestamptz not null,
    ask_at timestamptz not null,
    attempts integer not null,
    primary key (account, resource, key)
);
create index suspects_slice on callmirror.suspects (account, slice);
comment on table callmirror.suspects is 'Records that a complete read missed and that may be gone at the source.';
comment on column callmirror.suspects.account is 'Name of the account in the configuration.';
comment on column callmirror.suspects.resource is 'What it is one of: calls, streams, ...';
comment on column callmirror.suspects.key is 'The record''s id.';
comment on column callmirror.suspects.scope is 'Id of the company whose list missed it; empty for the account''s own.';
comment on column callmirror.suspects.slice is 'callmirror.slices.id of the slice that missed it.';
comment on column callmirror.suspects.state is
    'ask: its own page at the API decides; absent: a second complete read decides; held: waits as part of a mass deletion.';
comment on column callmirror.suspects.missing_since is 'When it was missed first.';
comment on column callmirror.suspects.ask_at is 'It is not asked for before.';
comment on column callmirror.suspects.attempts is 'How often it was asked for without a clear answer.';

create table callmirror.rejected (
    account text not null,
    resource text not null,
    content_hash bytea not null,
    id text,
    place text not null,
    reason text not null,
    raw text not null,
    seen_at timestamptz not null,
    primary key (account, resource, content_hash)
);
comment on table callmirror.rejected is 'Records that could not be mirrored, each once for each reason.';
comment on column callmirror.rejected.account is 'Name of the account in the configuration.';
comment on column callmirror.rejected.resource is 'What it was to be one of: calls, streams, ...';
comment on column callmirror.rejected.content_hash is 'SHA-256 of reason and raw.';
comment on column callmirror.rejected.id is 'The record''s id; null where it has none.';
comment on column callmirror.rejected.place is 'Where it was found: the slice and the page.';
comment on column callmirror.rejected.reason is 'Why it could not be mirrored.';
comment on column callmirror.rejected.raw is 'The record as served, up to 1 MiB.';
comment on column callmirror.rejected.seen_at is 'When it was seen first.';

create table callmirror.orders (
    account text not null,
    id bigint generated by default as identity,
    kind text not null,
    resource text not null,
    begins timestamptz not null,
    ends timestamptz not null,
    ordered_at timestamptz not null default now(),
    done_at timestamptz,
    primary key (account, id)
);
comment on table callmirror.orders is 'What an operator''s command asked of the process that holds the account.';
comment on column callmirror.orders.account is 'Name of the account in the configuration.';
comment on column callmirror.orders.id is 'Number of the order.';
comment on column callmirror.orders.kind is 'again: read once more; accept_deletes: carry out a mass deletion that waits.';
comment on column callmirror.orders.resource is 'What it is about: calls, streams, ...; empty for all.';
comment on column callmirror.orders.begins is 'Start of the time it is about, inclusive.';
comment on column callmirror.orders.ends is 'End of the time it is about, exclusive.';
comment on column callmirror.orders.ordered_at is 'When it was given.';
comment on column callmirror.orders.done_at is 'When it was carried out; null: not yet.';

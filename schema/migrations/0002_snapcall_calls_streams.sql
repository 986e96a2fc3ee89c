-- The mirror of calls, streams and stream events. Few indexes: each costs every row that is written.
-- Columns as sync/providers/snapcall.cpp has them.

create table snapcall.calls (
    account text not null,
    id bigint not null,
    content_hash bigint not null,
    created_at timestamptz,
    updated_at timestamptz,
    started_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    duration_s double precision,
    status text,
    direction text,
    rating double precision,
    button text,
    agent text,
    client text,
    ani text,
    team_id bigint,
    company_id bigint,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
create index calls_created_at on snapcall.calls (account, created_at);
comment on table snapcall.calls is 'Calls of the account (API: /v2/calls). Fields other than id are not documented; each column takes the likeliest of several names.';
comment on column snapcall.calls.account is 'Name of the account in the configuration.';
comment on column snapcall.calls.id is 'The API''s own number of the call.';
comment on column snapcall.calls.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.calls.created_at is 'When the call was made (created_at, createdAt or date).';
comment on column snapcall.calls.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.calls.started_at is 'When it began (started_at, startedAt or start).';
comment on column snapcall.calls.answered_at is 'When it was answered (answered_at or accepted_at).';
comment on column snapcall.calls.ended_at is 'When it ended (ended_at, end or finished_at).';
comment on column snapcall.calls.duration_s is 'Length in seconds, as served (duration, duration_seconds or call_duration).';
comment on column snapcall.calls.status is 'State of the call (status, state or call_status).';
comment on column snapcall.calls.direction is 'Direction or kind (direction, call_type or type).';
comment on column snapcall.calls.rating is 'Rating by the caller, on the source''s own scale (rating or rate).';
comment on column snapcall.calls.button is 'Button that the call came from: its bid or id (bid, button.bid, button_id or button).';
comment on column snapcall.calls.agent is 'Who took the call: e-mail address or id (agent.email, agent_email, user.email, agent_id or agent).';
comment on column snapcall.calls.client is 'Who called: id or e-mail address (client.id, client_id, client.email or client).';
comment on column snapcall.calls.ani is 'Calling number (ani, caller_id or from).';
comment on column snapcall.calls.team_id is 'Number of the team (team_id or team.id).';
comment on column snapcall.calls.company_id is 'Number of the company (company_id or company.id).';
comment on column snapcall.calls.raw is 'The whole record as the API serves it.';
comment on column snapcall.calls.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.calls.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.calls.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.streams (
    account text not null,
    id bigint not null,
    content_hash bigint not null,
    token text,
    created_at timestamptz,
    updated_at timestamptz,
    expired_at timestamptz,
    company_id bigint,
    call_id bigint,
    bid text,
    user_id bigint,
    team_id bigint,
    name text,
    origin text,
    type text,
    streamer_instance text,
    user_limit bigint,
    external_id text,
    external_id_url text,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
create index streams_created_at on snapcall.streams (account, created_at);
create index streams_token on snapcall.streams (account, token);
comment on table snapcall.streams is 'Streams of a company (API: /v2/companies/{companyId}/streams).';
comment on column snapcall.streams.account is 'Name of the account in the configuration.';
comment on column snapcall.streams.id is 'The API''s own number of the stream.';
comment on column snapcall.streams.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.streams.token is 'Token that the API names the stream by; unique.';
comment on column snapcall.streams.created_at is 'When the stream was made.';
comment on column snapcall.streams.updated_at is 'When the source changed it last.';
comment on column snapcall.streams.expired_at is 'When it expires or expired.';
comment on column snapcall.streams.company_id is 'Number of the company.';
comment on column snapcall.streams.call_id is 'snapcall.calls.id of the call that it belongs to.';
comment on column snapcall.streams.bid is 'Button that it came from (bid, button.bid or button_id).';
comment on column snapcall.streams.user_id is 'Number of the user who made it (user_id or user.id).';
comment on column snapcall.streams.team_id is 'Number of the team (team_id or team.id).';
comment on column snapcall.streams.name is 'Name.';
comment on column snapcall.streams.origin is 'What it was made by.';
comment on column snapcall.streams.type is 'Kind: assist, instant and perhaps others.';
comment on column snapcall.streams.streamer_instance is 'Instance of the streaming server.';
comment on column snapcall.streams.user_limit is 'Most users at a time.';
comment on column snapcall.streams.external_id is 'Id in the customer''s own system (context.externalId).';
comment on column snapcall.streams.external_id_url is 'Address in the customer''s own system (context.externalIdUrl).';
comment on column snapcall.streams.raw is 'The whole record as the API serves it.';
comment on column snapcall.streams.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.streams.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.streams.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.stream_events (
    account text not null,
    id bigint not null,
    content_hash bigint not null,
    stream_id bigint,
    stream_token text,
    type text,
    emitted_at timestamptz,
    created_at timestamptz,
    peer_id text,
    role text,
    user_id bigint,
    user_name text,
    user_email text,
    media_type text,
    media_from text,
    media_asset text,
    summary text,
    summary_status text,
    thumbnail_asset text,
    transcript_id text,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
create index stream_events_created_at on snapcall.stream_events (account, created_at);
create index stream_events_stream_id on snapcall.stream_events (account, stream_id);
comment on table snapcall.stream_events is 'Events of streams: joins, recordings, summaries (API: /v2/companies/{companyId}/stream-events).';
comment on column snapcall.stream_events.account is 'Name of the account in the configuration.';
comment on column snapcall.stream_events.id is 'The API''s own number of the event.';
comment on column snapcall.stream_events.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.stream_events.stream_id is 'snapcall.streams.id of the stream that it belongs to.';
comment on column snapcall.stream_events.stream_token is 'Token of that stream, where the API serves it.';
comment on column snapcall.stream_events.type is 'Kind of event.';
comment on column snapcall.stream_events.emitted_at is 'When it happened.';
comment on column snapcall.stream_events.created_at is 'When the source recorded it.';
comment on column snapcall.stream_events.peer_id is 'Id of the connection that caused it.';
comment on column snapcall.stream_events.role is 'Role of whoever caused it.';
comment on column snapcall.stream_events.user_id is 'Number of the user (user_id or user.id).';
comment on column snapcall.stream_events.user_name is 'Name of the user (user.name).';
comment on column snapcall.stream_events.user_email is 'E-mail address of the user (user.email).';
comment on column snapcall.stream_events.media_type is 'Kind of media (data.type).';
comment on column snapcall.stream_events.media_from is 'Where the media comes from (data.from).';
comment on column snapcall.stream_events.media_asset is 'Stored media file (data.s3Asset).';
comment on column snapcall.stream_events.summary is 'Summary of the conversation; comes later than the event (data.summary.text).';
comment on column snapcall.stream_events.summary_status is 'How far the summary is (data.summary.status).';
comment on column snapcall.stream_events.thumbnail_asset is 'Stored preview picture (data.thumbnail.s3Asset).';
comment on column snapcall.stream_events.transcript_id is 'Id of the transcript (data.assemblyTranscriptId).';
comment on column snapcall.stream_events.raw is 'The whole record as the API serves it.';
comment on column snapcall.stream_events.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.stream_events.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.stream_events.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

-- The mirror of SnapCall's other lists. They are small: one index more than the key at most.
-- Columns as sync/providers/snapcall_columns.hpp has them.

create table snapcall.partner_calls (
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
create index partner_calls_created_at on snapcall.partner_calls (account, created_at);
comment on table snapcall.partner_calls is 'Calls that partners took for the account (API: /v2/partner/calls). Fields other than id are not documented; each column takes the likeliest of several names.';
comment on column snapcall.partner_calls.account is 'Name of the account in the configuration.';
comment on column snapcall.partner_calls.id is 'The API''s own number of the call.';
comment on column snapcall.partner_calls.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.partner_calls.created_at is 'When the call was made (created_at, createdAt or date).';
comment on column snapcall.partner_calls.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.partner_calls.started_at is 'When it began (started_at, startedAt or start).';
comment on column snapcall.partner_calls.answered_at is 'When it was answered (answered_at or accepted_at).';
comment on column snapcall.partner_calls.ended_at is 'When it ended (ended_at, end or finished_at).';
comment on column snapcall.partner_calls.duration_s is 'Length in seconds, as served (duration, duration_seconds or call_duration).';
comment on column snapcall.partner_calls.status is 'State of the call (status, state or call_status).';
comment on column snapcall.partner_calls.direction is 'Direction or kind (direction, call_type or type).';
comment on column snapcall.partner_calls.rating is 'Rating by the caller, on the source''s own scale (rating or rate).';
comment on column snapcall.partner_calls.button is 'Button that the call came from: its bid or id (bid, button.bid, button_id or button).';
comment on column snapcall.partner_calls.agent is 'Who took the call: e-mail address or id (agent.email, agent_email, user.email, agent_id or agent).';
comment on column snapcall.partner_calls.client is 'The caller: id or e-mail address (client.id, client_id, client.email or client).';
comment on column snapcall.partner_calls.ani is 'Calling number (ani, caller_id or from).';
comment on column snapcall.partner_calls.team_id is 'Team that the call went to; snapcall.teams.id (team_id or team.id).';
comment on column snapcall.partner_calls.company_id is 'Company that the call belongs to (company_id or company.id).';
comment on column snapcall.partner_calls.raw is 'The whole record as the API serves it.';
comment on column snapcall.partner_calls.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.partner_calls.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.partner_calls.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.partner_stats (
    account text not null,
    id text not null,
    content_hash bigint not null,
    day timestamptz,
    calls bigint,
    billed_minutes double precision,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.partner_stats is 'Partners'' calls by day, as the source counts them (API: /v2/partner/stats): one row a day.';
comment on column snapcall.partner_stats.account is 'Name of the account in the configuration.';
comment on column snapcall.partner_stats.id is 'The day as the API writes it, such as 2026-11-20.';
comment on column snapcall.partner_stats.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.partner_stats.day is 'Start of the day; midnight UTC where the API names no time zone (day or date).';
comment on column snapcall.partner_stats.calls is 'Calls on that day (calls, count or total_calls).';
comment on column snapcall.partner_stats.billed_minutes is 'Minutes that are billed for it (billed_minutes or minutes).';
comment on column snapcall.partner_stats.raw is 'The whole record as the API serves it.';
comment on column snapcall.partner_stats.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.partner_stats.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.partner_stats.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.buttons (
    account text not null,
    id text not null,
    content_hash bigint not null,
    name text,
    brand text,
    call_id text,
    agent text,
    schedule_template_id bigint,
    timezone text,
    caller_id text,
    config jsonb,
    display_page jsonb,
    cart_value double precision,
    active boolean,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.buttons is 'Call buttons on the account''s pages (API: /v2/buttons).';
comment on column snapcall.buttons.account is 'Name of the account in the configuration.';
comment on column snapcall.buttons.id is 'The API''s own id of the button, its bid.';
comment on column snapcall.buttons.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.buttons.name is 'What it is called.';
comment on column snapcall.buttons.brand is 'Brand that it shows.';
comment on column snapcall.buttons.call_id is 'Call flow that it starts, as served (call_id).';
comment on column snapcall.buttons.agent is 'Agent that it calls: e-mail address or id (agent, agent.email or agent_email).';
comment on column snapcall.buttons.schedule_template_id is 'Opening hours; snapcall.schedule_templates.id.';
comment on column snapcall.buttons.timezone is 'Time zone of its opening hours, such as Europe/Paris.';
comment on column snapcall.buttons.caller_id is 'Number that calls from it show.';
comment on column snapcall.buttons.config is 'Its look and behaviour.';
comment on column snapcall.buttons.display_page is 'Pages that show it.';
comment on column snapcall.buttons.cart_value is 'Value of a shopping cart from which on it is shown, in the page''s own currency.';
comment on column snapcall.buttons.active is 'Whether it is switched on (active or enabled).';
comment on column snapcall.buttons.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.buttons.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.buttons.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.buttons.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.buttons.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.buttons.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.users (
    account text not null,
    id bigint not null,
    content_hash bigint not null,
    email text,
    name text,
    status text,
    role_id bigint,
    role text,
    team_id bigint,
    company_id bigint,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
create index users_email on snapcall.users (account, email);
comment on table snapcall.users is 'People with a login (API: /v2/companies/{companyId}/users).';
comment on column snapcall.users.account is 'Name of the account in the configuration.';
comment on column snapcall.users.id is 'The API''s own number of the user.';
comment on column snapcall.users.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.users.email is 'E-mail address; that of snapcall.agents.id and of calls'' agent, too.';
comment on column snapcall.users.name is 'Name (name or full_name).';
comment on column snapcall.users.status is 'Whether they can take calls, as the source says it.';
comment on column snapcall.users.role_id is 'What they may do; snapcall.roles.id (role_id or role.id).';
comment on column snapcall.users.role is 'Name of that role (role.name, role_name or role).';
comment on column snapcall.users.team_id is 'Team they are in; snapcall.teams.id (team_id or team.id).';
comment on column snapcall.users.company_id is 'Company it belongs to (company_id or company.id).';
comment on column snapcall.users.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.users.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.users.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.users.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.users.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.users.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.teams (
    account text not null,
    id bigint not null,
    content_hash bigint not null,
    name text,
    description text,
    settings jsonb,
    company_id bigint,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.teams is 'Teams of users (API: /v2/companies/{companyId}/teams).';
comment on column snapcall.teams.account is 'Name of the account in the configuration.';
comment on column snapcall.teams.id is 'The API''s own number of the team.';
comment on column snapcall.teams.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.teams.name is 'What it is called.';
comment on column snapcall.teams.description is 'What it is for.';
comment on column snapcall.teams.settings is 'Its settings.';
comment on column snapcall.teams.company_id is 'Company it belongs to (company_id or company.id).';
comment on column snapcall.teams.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.teams.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.teams.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.teams.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.teams.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.teams.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.roles (
    account text not null,
    id bigint not null,
    content_hash bigint not null,
    name text,
    description text,
    company_id bigint,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.roles is 'Roles that users may have (API: /v2/roles).';
comment on column snapcall.roles.account is 'Name of the account in the configuration.';
comment on column snapcall.roles.id is 'The API''s own number of the role.';
comment on column snapcall.roles.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.roles.name is 'What it is called.';
comment on column snapcall.roles.description is 'What it is for.';
comment on column snapcall.roles.company_id is 'Company it belongs to (company_id or company.id).';
comment on column snapcall.roles.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.roles.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.roles.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.roles.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.roles.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.roles.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.invites (
    account text not null,
    id text not null,
    content_hash bigint not null,
    email text,
    role_id bigint,
    team_id bigint,
    company_id bigint,
    status text,
    expired_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.invites is 'Invitations to join a company that are open (API: /v2/companies/{companyId}/invites). Their tokens are credentials: only hashes are kept, in raw as well.';
comment on column snapcall.invites.account is 'Name of the account in the configuration.';
comment on column snapcall.invites.id is 'SHA-256 of the invite''s token, hexadecimal.';
comment on column snapcall.invites.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.invites.email is 'E-mail address that is invited.';
comment on column snapcall.invites.role_id is 'Role that comes with it; snapcall.roles.id (role_id or role.id).';
comment on column snapcall.invites.team_id is 'Team that comes with it; snapcall.teams.id (team_id or team.id).';
comment on column snapcall.invites.company_id is 'Company it belongs to (company_id or company.id).';
comment on column snapcall.invites.status is 'State of the invitation.';
comment on column snapcall.invites.expired_at is 'When it ends or ended (expired_at or expiredAt).';
comment on column snapcall.invites.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.invites.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.invites.raw is 'The whole record as the API serves it, with hashes in the place of tokens.';
comment on column snapcall.invites.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.invites.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.invites.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.schedule_templates (
    account text not null,
    id bigint not null,
    content_hash bigint not null,
    name text,
    timezone text,
    schedule jsonb,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.schedule_templates is 'Opening hours that buttons use (API: /v2/schedule-templates).';
comment on column snapcall.schedule_templates.account is 'Name of the account in the configuration.';
comment on column snapcall.schedule_templates.id is 'The API''s own number of the template.';
comment on column snapcall.schedule_templates.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.schedule_templates.name is 'What it is called.';
comment on column snapcall.schedule_templates.timezone is 'Time zone it is meant in, such as Europe/Paris.';
comment on column snapcall.schedule_templates.schedule is 'Hours by day of the week.';
comment on column snapcall.schedule_templates.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.schedule_templates.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.schedule_templates.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.schedule_templates.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.schedule_templates.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.schedule_templates.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.booking_pages (
    account text not null,
    id text not null,
    content_hash bigint not null,
    name text,
    description text,
    duration double precision,
    status text,
    team_id bigint,
    user_id bigint,
    company_id bigint,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.booking_pages is 'Pages where clients book an appointment (API: /v2/companies/{companyId}/booking-pages).';
comment on column snapcall.booking_pages.account is 'Name of the account in the configuration.';
comment on column snapcall.booking_pages.id is 'The API''s own id of the page, its uuid.';
comment on column snapcall.booking_pages.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.booking_pages.name is 'What it is called.';
comment on column snapcall.booking_pages.description is 'What it says.';
comment on column snapcall.booking_pages.duration is 'Length of an appointment as served; in minutes, as far as is known.';
comment on column snapcall.booking_pages.status is 'State of the page.';
comment on column snapcall.booking_pages.team_id is 'Team that is booked; snapcall.teams.id (team_id or team.id).';
comment on column snapcall.booking_pages.user_id is 'User who is booked; snapcall.users.id (user_id or user.id).';
comment on column snapcall.booking_pages.company_id is 'Company it belongs to (company_id or company.id).';
comment on column snapcall.booking_pages.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.booking_pages.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.booking_pages.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.booking_pages.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.booking_pages.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.booking_pages.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.integrations (
    account text not null,
    id text not null,
    content_hash bigint not null,
    name text,
    type text,
    active boolean,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.integrations is 'Connections to other programs (API: /v2/integrations). Values under names like secret, token, password or key are replaced by [removed].';
comment on column snapcall.integrations.account is 'Name of the account in the configuration.';
comment on column snapcall.integrations.id is 'The API''s own id; a hash of the record where it has none.';
comment on column snapcall.integrations.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.integrations.name is 'What it is called.';
comment on column snapcall.integrations.type is 'Program that it connects to (type, provider or kind).';
comment on column snapcall.integrations.active is 'Whether it is switched on (active or enabled).';
comment on column snapcall.integrations.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.integrations.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.integrations.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.integrations.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.integrations.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.integrations.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

create table snapcall.agents (
    account text not null,
    id text not null,
    content_hash bigint not null,
    name text,
    status text,
    wrap_up_time double precision,
    last_bridge_end timestamptz,
    created_at timestamptz,
    updated_at timestamptz,
    raw jsonb not null,
    first_seen_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    deleted_at timestamptz,
    primary key (account, id)
);
comment on table snapcall.agents is 'How each user is as an agent (API: /v2/agents/{email}), asked for at most once a day each.';
comment on column snapcall.agents.account is 'Name of the account in the configuration.';
comment on column snapcall.agents.id is 'E-mail address; snapcall.users.email.';
comment on column snapcall.agents.content_hash is 'Hash of the record''s text (XXH3, 64 bits), without what changes by itself.';
comment on column snapcall.agents.name is 'Name (name or full_name).';
comment on column snapcall.agents.status is 'Whether they can take calls, as the source says it.';
comment on column snapcall.agents.wrap_up_time is 'Time for notes after a call as served; in seconds, as far as is known.';
comment on column snapcall.agents.last_bridge_end is 'When their last call ended.';
comment on column snapcall.agents.created_at is 'When it was made at the source (created_at, createdAt or date).';
comment on column snapcall.agents.updated_at is 'When the source changed it last (updated_at, updatedAt or last_update).';
comment on column snapcall.agents.raw is 'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.agents.first_seen_at is 'When this mirror saw the record first.';
comment on column snapcall.agents.changed_at is 'When this mirror saw the record change last, its removal included.';
comment on column snapcall.agents.deleted_at is 'When this mirror learnt that the record is gone at the source; null while it stands there.';

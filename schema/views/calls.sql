-- Which calls were there, how did each end, and who and what was it about? Without those that are
-- gone at the source.
create or replace view snapcall_bi.calls as
select c.account,
       c.id,
       c.created_at,
       c.started_at,
       c.answered_at,
       c.ended_at,
       c.status,
       coalesce(own.outcome, general.outcome, 'other') as outcome,
       c.direction,
       extract(epoch from c.answered_at - c.created_at)::double precision as waiting_s,
       c.duration_s,
       c.rating,
       c.button,
       coalesce(b.name, c.button, '(none)') as button_name,
       c.agent,
       coalesce(u.name, c.agent, '(none)') as agent_name,
       c.team_id,
       coalesce(t.name, c.team_id::text, '(none)') as team_name,
       coalesce(c.client, c.ani) as client,
       c.ani,
       c.company_id,
       c.changed_at
-- Account by account: so a question that names none uses the index of (account, created_at), too.
from callmirror.accounts a
join snapcall.calls c on c.account = a.account
left join snapcall_bi.status_map own
    on own.account = c.account and own.status = lower(coalesce(c.status, ''))
left join snapcall_bi.status_map general
    on general.account = '*' and general.status = lower(coalesce(c.status, ''))
left join snapcall.buttons b on b.account = c.account and b.id = c.button
left join snapcall.teams t on t.account = c.account and t.id = c.team_id
-- An address may belong to a user of two companies.
left join (select account, email, max(name) as name from snapcall.users group by account, email) u
    on u.account = c.account and u.email = c.agent
where c.deleted_at is null;

comment on view snapcall_bi.calls is 'Which calls were there, how did each end, and who and what was it about? One row for each call that stands at the source.';
comment on column snapcall_bi.calls.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.calls.id is 'snapcall.calls.id.';
comment on column snapcall_bi.calls.created_at is 'When it was made; what all views by day and hour go by.';
comment on column snapcall_bi.calls.started_at is 'When it started, as served.';
comment on column snapcall_bi.calls.answered_at is 'When it was answered; null where it was not.';
comment on column snapcall_bi.calls.ended_at is 'When it ended; null while it goes on.';
comment on column snapcall_bi.calls.status is 'State as served.';
comment on column snapcall_bi.calls.outcome is 'What the status counts as: answered, missed, abandoned, ongoing or other; from snapcall_bi.status_map.';
comment on column snapcall_bi.calls.direction is 'inbound or outbound, as served.';
comment on column snapcall_bi.calls.waiting_s is 'Seconds from created_at to answered_at; null where it was not answered.';
comment on column snapcall_bi.calls.duration_s is 'Length as served, seconds.';
comment on column snapcall_bi.calls.rating is 'The client''s rating as served; null while there is none.';
comment on column snapcall_bi.calls.button is 'Button that it came from; snapcall.buttons.id.';
comment on column snapcall_bi.calls.button_name is 'The button''s name, else its id; (none): no button.';
comment on column snapcall_bi.calls.agent is 'Agent as served: an e-mail address where there is one.';
comment on column snapcall_bi.calls.agent_name is 'Name of the user with that e-mail address, else the agent as served; (none): no agent.';
comment on column snapcall_bi.calls.team_id is 'Team; snapcall.teams.id.';
comment on column snapcall_bi.calls.team_name is 'The team''s name, else its id; (none): no team.';
comment on column snapcall_bi.calls.client is 'Who called: the client as served, else the calling number.';
comment on column snapcall_bi.calls.ani is 'The calling number.';
comment on column snapcall_bi.calls.company_id is 'Company it belongs to.';
comment on column snapcall_bi.calls.changed_at is 'When this mirror saw the record change last.';

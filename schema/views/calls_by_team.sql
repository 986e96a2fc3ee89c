-- How does each team do?
create or replace view snapcall_bi.calls_by_team as
select d.account, d.day, n.team_id, n.team_name,
       n.calls, n.answered, n.missed, n.abandoned, n.ongoing, n.other,
       n.answered::double precision / nullif(n.calls - n.ongoing, 0) as answered_rate,
       n.missed::double precision / nullif(n.calls - n.ongoing, 0) as missed_rate,
       n.abandoned::double precision / nullif(n.calls - n.ongoing, 0) as abandoned_rate,
       n.waiting_s, n.duration_s, n.rated, n.rating
from snapcall_bi.days d
cross join lateral (
    select c.team_id, c.team_name,
           count(*) as calls,
           count(*) filter (where c.outcome = 'answered') as answered,
           count(*) filter (where c.outcome = 'missed') as missed,
           count(*) filter (where c.outcome = 'abandoned') as abandoned,
           count(*) filter (where c.outcome = 'ongoing') as ongoing,
           count(*) filter (where c.outcome = 'other') as other,
           avg(c.waiting_s) filter (where c.outcome = 'answered') as waiting_s,
           avg(c.duration_s) filter (where c.outcome = 'answered') as duration_s,
           count(c.rating) as rated,
           avg(c.rating) as rating
    from snapcall_bi.calls c
    where c.account = d.account and c.created_at >= d.begins and c.created_at < d.ends
    group by c.team_id, c.team_name
) n;

comment on view snapcall_bi.calls_by_team is 'How does each team do? One row for each account, day and team with a call.';
comment on column snapcall_bi.calls_by_team.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.calls_by_team.day is 'Day of created_at, in the session''s time zone.';
comment on column snapcall_bi.calls_by_team.team_id is 'Team; snapcall.teams.id; null: calls without a team.';
comment on column snapcall_bi.calls_by_team.team_name is 'Its name, else its id; (none): no team.';
comment on column snapcall_bi.calls_by_team.calls is 'Calls made in that time.';
comment on column snapcall_bi.calls_by_team.answered is 'Of those: answered, by snapcall_bi.status_map.';
comment on column snapcall_bi.calls_by_team.missed is 'Of those: nobody took them.';
comment on column snapcall_bi.calls_by_team.abandoned is 'Of those: the client gave up.';
comment on column snapcall_bi.calls_by_team.ongoing is 'Of those: not over yet.';
comment on column snapcall_bi.calls_by_team.other is 'Of those: with a status that snapcall_bi.status_map does not know.';
comment on column snapcall_bi.calls_by_team.answered_rate is 'Share answered of the calls that are over, 0 to 1; null where there are none.';
comment on column snapcall_bi.calls_by_team.missed_rate is 'Share missed of the calls that are over, 0 to 1.';
comment on column snapcall_bi.calls_by_team.abandoned_rate is 'Share abandoned of the calls that are over, 0 to 1.';
comment on column snapcall_bi.calls_by_team.waiting_s is 'Mean time until an answer, seconds; of answered calls.';
comment on column snapcall_bi.calls_by_team.duration_s is 'Mean length of answered calls, seconds, as served.';
comment on column snapcall_bi.calls_by_team.rated is 'Calls that were rated.';
comment on column snapcall_bi.calls_by_team.rating is 'Mean rating of those, on the source''s own scale.';

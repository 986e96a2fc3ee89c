-- Deletions of an account that wait for a word, by slice. $1 account
select s.resource, s.scope, s.slice, count(*) as held, min(s.missing_since) as since,
       min(l.begins) as begins, min(l.ends) as ends, max(l.records) as records,
       array_to_string((array_agg(s.key order by s.key))[1:3], ', ')
           || case when count(*) > 3 then ', ...' else '' end as examples
from callmirror.suspects s
left join callmirror.slices l on l.account = s.account and l.id = s.slice
where s.account = $1 and s.state = 'held'
group by s.resource, s.scope, s.slice
order by s.resource, s.scope, begins

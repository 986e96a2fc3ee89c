-- A year of one account for views.sh, as the daemon would have left it. :calls and :events.
\set ON_ERROR_STOP on
set synchronous_commit = off;
insert into callmirror.accounts (account, updated_at) values ('acme', now());
insert into snapcall.users (account, id, content_hash, email, name, raw)
select 'acme', i, i, 'agent' || i || '@company.example', 'Agent ' || i, '{}'
from generate_series(1, 200) i;
insert into snapcall.teams (account, id, content_hash, name, raw)
select 'acme', i, i, 'Team ' || i, '{}' from generate_series(1, 12) i;
insert into snapcall.buttons (account, id, content_hash, name, active, raw)
select 'acme', 'bid-' || i, i, 'Button ' || i, true, '{}' from generate_series(1, 60) i;
insert into snapcall.agents (account, id, content_hash, name, status, raw)
select account, email, id, name, 'available', '{}' from snapcall.users;

insert into snapcall.calls (account, id, content_hash, created_at, updated_at, started_at,
        answered_at, ended_at, duration_s, status, direction, rating, button, agent, client, ani,
        team_id, company_id, raw, deleted_at)
select 'acme', i, i, at, at, at,
       case when luck < 0.78 then at + interval '20 s' end, at + interval '4 min',
       case when luck < 0.78 then 220 else 0 end,
       case when luck < 0.78 then 'answered' when luck < 0.91 then 'missed'
            when luck < 0.99 then 'abandoned' else 'parked' end,
       'inbound', case when luck < 0.3 then 1 + i % 5 end, 'bid-' || 1 + i % 50,
       'agent' || 1 + i % 200 || '@company.example', (100000 + floor(random() * 150000))::text,
       '336' || 10000000 + i % 90000000, 1 + i % 12, 123,
       jsonb_build_object('id', i, 'created_at', at, 'padding', repeat('x', 500)),
       case when i % 500 = 0 then at + interval '2 days' end
from (select i, random() as luck,
             now() - interval '365 days' * ((:calls - i)::double precision / :calls) as at
      from generate_series(1::bigint, :calls) i) made;

-- 12.5 events a stream, those of ten streams mixed, as they come in.
insert into snapcall.streams (account, id, content_hash, token, created_at, updated_at, expired_at,
        company_id, call_id, bid, user_id, team_id, name, type, raw, deleted_at)
select 'acme', i, i, md5(i::text), at, at, at + interval '1 hour', 123, i, 'bid-' || 1 + i % 50,
       1 + i % 200, 1 + i % 12, 'Stream ' || i, case when i % 3 = 0 then 'instant' else 'assist' end,
       jsonb_build_object('id', i, 'created_at', at, 'padding', repeat('x', 400)),
       case when i % 500 = 0 then at + interval '2 days' end
from (select i, now() - interval '365 days' * ((:events * 2 / 25 - i)::double precision
                                               / (:events * 2 / 25)) as at
      from generate_series(1::bigint, :events * 2 / 25) i) made;

insert into snapcall.stream_events (account, id, content_hash, stream_id, type, emitted_at,
        created_at, peer_id, role, user_id, user_name, media_type, media_asset, summary,
        summary_status, transcript_id, raw, deleted_at)
select 'acme', i, i, 1 + (i / 125) * 10 + i % 10,
       (array['joined', 'left', 'recording', 'summary', 'screenshot', 'message', 'muted'])[1 + kind],
       at - interval '1 s', at, 'peer-' || i, 'client', 1 + i % 200, 'Agent ' || 1 + i % 200,
       case when kind in (2, 4) then 'video/webm' end,
       case when kind in (2, 4) then 'https://media.example/recordings/' || md5(i::text) end,
       case when kind = 3 then repeat('The customer was content in the end. ', 5) end,
       case when kind = 3 then 'done' end, case when kind = 2 then 'tr-' || i end,
       jsonb_build_object('id', i, 'created_at', at, 'padding', repeat('x', 600)),
       case when i % 500 = 0 then at + interval '2 days' end
from (select i, i / 10 % 7 as kind,
             now() - interval '365 days' * ((:events - i)::double precision / :events) as at
      from generate_series(0::bigint, :events - 1) i) made;

insert into callmirror.slices (account, id, resource, scope, begins, ends, read_at, due_at, records,
        pages, reads, failures)
select 'acme', i * 10 + n, resource, '', '2020-01-01'::timestamptz + i * interval '12 hours',
       '2020-01-01'::timestamptz + (i + 1) * interval '12 hours', now(), now(), 500, 5, 9, 0
from generate_series(0, 4000) i,
     unnest(array['calls', 'streams', 'stream_events']) with ordinality r (resource, n);
-- As many paths as are kept.
insert into callmirror.fields (account, resource, path, type, example, seen, last_record,
        first_seen_at, last_seen_at)
select 'acme', name, case when i > 0 then '/path/' || i else '' end, 'text', 'text(7)', 1000, 1000,
       now(), now()
from callmirror.mirror_tables, generate_series(0, 499) i;
insert into callmirror.rejected (account, resource, content_hash, place, reason, raw, seen_at)
select 'acme', 'calls', sha256(i::text::bytea), 'page 1', 'no id', '{}', now()
from generate_series(1, 10000) i;
vacuum analyze;

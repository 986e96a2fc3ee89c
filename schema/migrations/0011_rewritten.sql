-- Which rows were written more than once: all others are as the digest says that first saw them, so
-- that reading history again looks at few rows or none. Where a key is text, tables are small.

create index calls_rewritten on snapcall.calls (account, id)
    where changed_at <> first_seen_at or deleted_at is not null;
create index partner_calls_rewritten on snapcall.partner_calls (account, id)
    where changed_at <> first_seen_at or deleted_at is not null;
create index streams_rewritten on snapcall.streams (account, id)
    where changed_at <> first_seen_at or deleted_at is not null;
create index stream_events_rewritten on snapcall.stream_events (account, id)
    where changed_at <> first_seen_at or deleted_at is not null;

-- Lists without a time axis: read whole, more often while they change; and records that no list shows.

alter table callmirror.slices add column changed_at timestamptz;
comment on column callmirror.slices.changed_at is 'Of a list without time axis: when a read last found it changed; null: never, or it has a time axis.';

comment on table callmirror.suspects is
    'Records that are asked for one by one: those that a complete read missed and that may be gone at the source, and those that no list shows.';
comment on column callmirror.suspects.state is
    'ask: its own page at the API decides; absent: a second complete read decides; held: waits as part of a mass deletion; watched: no list shows it, so it is asked for again and again.';
comment on column callmirror.suspects.slice is 'callmirror.slices.id of the slice that missed it, or that it belongs to.';
comment on column callmirror.suspects.missing_since is 'When it was missed first; of a watched one: when it became known.';

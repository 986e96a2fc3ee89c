-- Can I trust a report: how fresh and how complete is the mirror? The first thing to ask. The newest
-- record is looked for in every table of the mirror, as they are there.
do $make$
declare
    newest text;
begin
    select string_agg(
        format('(%L, %s)', t.name,
               case when t.dated is null then 'null::timestamptz'
                    else format('(select max(t.%s) from snapcall.%I t where t.account = a.account)',
                                t.dated, t.name) end),
        ', ' order by t.oid)
    into newest
    from callmirror.mirror_tables t;
    execute format($view$
create or replace view snapcall_bi.freshness as
with slices as (
    select account, resource, begins, ends, read_at, records, failures,
           ends = 'infinity' and begins > '-infinity' as is_head,
           -- A list without time axis is one slice from and to infinity: it counts as one.
           case when begins = '-infinity' then 1
                else greatest(0, extract(epoch from least(ends, now()) - begins)) end as width
    from callmirror.slices
), covered as (
    -- History is complete back to the end of the newest slice that was never read; where all have
    -- been read, to the start of the oldest.
    select account, resource,
           max(read_at) as last_complete_read,
           coalesce(max(ends) filter (where read_at is null), min(begins)) as complete_back_to,
           count(*) filter (where read_at is null) as open_gaps,
           sum(records)::bigint as records,
           coalesce(sum(width) filter (where read_at is not null) / nullif(sum(width), 0), 0)
               ::double precision as read_share,
           count(*) filter (where failures > 0) as failing_slices
    from slices group by account, resource
), learnt as (
    select account, resource,
           min(head_read_at) as newest_read_at,
           bool_and(history_complete) as whole_history,
           string_agg(nullif(coalesce(nullif(aside_reason, ''), last_error), ''), '; ') as trouble,
           sum(failures)::bigint as failures
    from callmirror.listings group by account, resource
), waiting as (
    select account, resource,
           count(*) filter (where state = 'held') as held_deletes,
           count(*) filter (where state in ('ask', 'absent')) as suspects
    from callmirror.suspects group by account, resource
), refused as (
    select account, resource, count(*) as rejected
    from callmirror.rejected group by account, resource
), newest as (
    select a.account, n.resource, n.newest_record
    from (select distinct account from covered) a
    cross join lateral (values %s) n (resource, newest_record)
)
select covered.account,
       covered.resource,
       newest.newest_record,
       learnt.newest_read_at,
       covered.last_complete_read,
       covered.complete_back_to,
       covered.open_gaps,
       covered.open_gaps = 0 and coalesce(learnt.whole_history, false) as complete,
       learnt.trouble,
       covered.records,
       covered.read_share,
       covered.failing_slices,
       coalesce(learnt.failures, 0) as failures,
       coalesce(waiting.suspects, 0) as suspects,
       coalesce(waiting.held_deletes, 0) as held_deletes,
       coalesce(refused.rejected, 0) as rejected
from covered
left join learnt using (account, resource)
left join waiting using (account, resource)
left join refused using (account, resource)
left join newest using (account, resource)
$view$, newest);
end
$make$;

comment on view snapcall_bi.freshness is 'Can I trust a report: how fresh and how complete is the mirror? One row for each account and resource.';
comment on column snapcall_bi.freshness.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.freshness.resource is 'Table in the schema snapcall.';
comment on column snapcall_bi.freshness.newest_record is 'created_at of the newest record in the mirror; of partner_stats its day.';
comment on column snapcall_bi.freshness.newest_read_at is 'When the newest records were read last.';
comment on column snapcall_bi.freshness.last_complete_read is 'When any stretch of its history was last read completely.';
comment on column snapcall_bi.freshness.complete_back_to is 'From here on nothing is missing; infinity: the newest records have not been read yet; -infinity: nothing older exists.';
comment on column snapcall_bi.freshness.open_gaps is 'Stretches of history that have never been read.';
comment on column snapcall_bi.freshness.complete is 'Whether all history that the API has is in the mirror.';
comment on column snapcall_bi.freshness.trouble is 'What is wrong with reading it; null where nothing is.';
comment on column snapcall_bi.freshness.records is 'Records that the last reads found in all its stretches.';
comment on column snapcall_bi.freshness.read_share is 'Share of its planned history, by time, that has been read, 0 to 1.';
comment on column snapcall_bi.freshness.failing_slices is 'Stretches whose last read failed.';
comment on column snapcall_bi.freshness.failures is 'Reads that failed one after the other, 0 after one that did not.';
comment on column snapcall_bi.freshness.suspects is 'Records that a read missed and that are being asked for one by one.';
comment on column snapcall_bi.freshness.held_deletes is 'Deletions that wait, as they are too many at once: see callmirror deletes.';
comment on column snapcall_bi.freshness.rejected is 'Records that could not be mirrored: see snapcall_bi.rejected.';

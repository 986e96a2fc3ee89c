-- How fresh and how complete the mirror is: the first thing to ask before believing a report.

create view snapcall_bi.freshness as
with covered as (
    -- History is complete back to the end of the newest slice that was never read; where all have
    -- been read, to the start of the oldest.
    select account, resource,
           max(read_at) as last_complete_read,
           coalesce(max(ends) filter (where read_at is null), min(begins)) as complete_back_to,
           count(*) filter (where read_at is null) as open_gaps
    from callmirror.slices group by account, resource
), learnt as (
    select account, resource,
           min(head_read_at) as newest_read_at,
           bool_and(history_complete) as whole_history,
           string_agg(nullif(coalesce(nullif(aside_reason, ''), last_error), ''), '; ') as trouble
    from callmirror.listings group by account, resource
)
select covered.account,
       covered.resource,
       case covered.resource
           when 'calls' then
               (select max(t.created_at) from snapcall.calls t where t.account = covered.account)
           when 'streams' then
               (select max(t.created_at) from snapcall.streams t where t.account = covered.account)
           when 'stream_events' then
               (select max(t.created_at) from snapcall.stream_events t
                where t.account = covered.account)
       end as newest_record,
       learnt.newest_read_at,
       covered.last_complete_read,
       covered.complete_back_to,
       covered.open_gaps,
       covered.open_gaps = 0 and coalesce(learnt.whole_history, false) as complete,
       learnt.trouble
from covered
left join learnt using (account, resource);

comment on view snapcall_bi.freshness is 'How fresh and how complete the mirror is: one row for each account and resource.';
comment on column snapcall_bi.freshness.account is 'Name of the account in the configuration.';
comment on column snapcall_bi.freshness.resource is 'Table in the schema snapcall.';
comment on column snapcall_bi.freshness.newest_record is 'created_at of the newest record in the mirror.';
comment on column snapcall_bi.freshness.newest_read_at is 'When the newest records were read last.';
comment on column snapcall_bi.freshness.last_complete_read is 'When any stretch of its history was last read completely.';
comment on column snapcall_bi.freshness.complete_back_to is 'From here on nothing is missing; infinity: the newest records have not been read yet; -infinity: nothing older exists.';
comment on column snapcall_bi.freshness.open_gaps is 'Stretches of history that have never been read.';
comment on column snapcall_bi.freshness.complete is 'Whether all history that the API has is in the mirror.';
comment on column snapcall_bi.freshness.trouble is 'What is wrong with reading it; null where nothing is.';

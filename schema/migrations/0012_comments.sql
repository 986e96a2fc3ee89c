-- What fills these columns, and what is kept of an integration's links.

comment on column snapcall.calls.created_at is
    'When the call was made (created_at, createdAt or date); where that is not served, when it began.';
comment on column snapcall.partner_calls.created_at is
    'When the call was made (created_at, createdAt or date); where that is not served, when it began.';
comment on column snapcall.calls.status is 'State of the call (status, state, call_status or callStatus).';
comment on column snapcall.partner_calls.status is
    'State of the call (status, state, call_status or callStatus).';
comment on column snapcall.calls.direction is 'Direction or kind (direction, call_type, callType or type).';
comment on column snapcall.partner_calls.direction is
    'Direction or kind (direction, call_type, callType or type).';
comment on column snapcall.integrations.raw is
    'The whole record as the API serves it, without values that are credentials by their name, and with nothing of a link after its host.';

-- Credentials are taken out of these, too.

comment on column snapcall.calls.raw is
    'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.partner_calls.raw is
    'The whole record as the API serves it, without values that are credentials by their name.';
comment on column snapcall.streams.raw is
    'The whole record as the API serves it, without values that are credentials by their name; its own token stays.';
comment on column snapcall.stream_events.raw is
    'The whole record as the API serves it, without values that are credentials by their name; its stream''s token stays.';

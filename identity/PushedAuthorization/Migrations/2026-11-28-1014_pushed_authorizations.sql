-- Authorization requests that clients push before they send a browser (RFC 9126): what is asked for does not pass through the browser and is not changed there.
create table pushed_authorization (
    request_uri_hash     bytea       primary key,
    registered_client_id bigint      not null references registered_client on delete cascade,
    parameters           jsonb       not null,
    pushed_at            timestamptz not null,
    expires_at           timestamptz not null,
    -- when a code was given out, or refused by its person; until then a browser may come again
    answered_at          timestamptz,
    constraint a_request_uri_is_kept_as_sha256 check (octet_length(request_uri_hash) = 32),
    constraint a_pushed_request_is_a_list_of_parameters check (jsonb_typeof(parameters) = 'object'),
    constraint a_pushed_request_ends_after_it_came check (expires_at > pushed_at)
);
comment on table pushed_authorization is 'One pushed authorization request, checked when it came. Its request_uri leads to it once.';
create index pushed_authorization_of_client on pushed_authorization (registered_client_id);
create index pushed_authorization_by_end on pushed_authorization (expires_at);
alter table pushed_authorization enable row level security;
alter table pushed_authorization force row level security;
create policy identity_itself_keeps_pushed_requests on pushed_authorization using ((select app_is_system())) with check ((select app_is_system()));

-- How the access tokens of an API are signed. ES256 first: a signature of RS256 with 3072 bits takes sixty times the processor time of one of ES256, and was
-- three quarters of what a token cost.
alter table api_resource
    add column allowed_access_token_signing_algorithms text[] not null default '{ES256,RS256}',
    add constraint an_api_takes_signatures_we_make check (
        cardinality(allowed_access_token_signing_algorithms) > 0 and allowed_access_token_signing_algorithms <@ '{ES256,RS256}'::text[]);
comment on column api_resource.allowed_access_token_signing_algorithms is 'What the API can check, the preferred one first.';

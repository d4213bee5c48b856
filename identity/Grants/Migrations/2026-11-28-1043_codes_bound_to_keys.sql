-- A code that a client bound to its key before it had it (RFC 9449, 10): who steals it on its way through the browser cannot redeem it.
alter table authorization_code
    add column dpop_jkt text,
    add constraint a_thumbprint_is_sha256 check (dpop_jkt ~ '^[A-Za-z0-9_-]{43}$');
comment on column authorization_code.dpop_jkt is 'The thumbprint of the key that has to be proven when the code is redeemed.';

-- Passkeys (通行密钥): the public half of a key pair whose other half never leaves somebody's device.
create table passkey_credential (
    credential_id      bytea       primary key,
    account_id         bigint      not null references account on delete cascade,
    public_key         bytea       not null,
    name               text        not null,
    sign_count         bigint      not null,
    transports         text[],
    is_user_verified   boolean     not null,
    is_backup_eligible boolean     not null,
    is_backed_up       boolean     not null,
    attestation_object bytea       not null,
    client_data_json   bytea       not null,
    created_at         timestamptz not null,
    last_used_at       timestamptz,
    constraint a_passkey_id_is_not_endless check (octet_length(credential_id) between 1 and 1023),
    constraint a_passkey_has_a_name check (char_length(name) between 1 and 60),
    constraint a_signature_counter_has_32_bits check (sign_count between 0 and 4294967295)
);
comment on table passkey_credential is 'One passkey of one account (WebAuthn). sign_count only grows: a device that counts behind it has been copied.';
create index passkey_credential_of_account on passkey_credential (account_id);
alter table passkey_credential enable row level security;
alter table passkey_credential force row level security;
create policy identity_itself_keeps_passkeys on passkey_credential using ((select app_is_system())) with check ((select app_is_system()));

-- Whoever writes a key into an existing row would sign in as its owner (ASVS 6.7.1).
create function a_passkey_stays_what_it_is() returns trigger language plpgsql as $$
begin
    if new.account_id <> old.account_id or new.public_key <> old.public_key or new.credential_id <> old.credential_id then
        raise exception 'The key of a passkey and its owner never change.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger a_passkey_stays_what_it_is before update on passkey_credential for each row execute function a_passkey_stays_what_it_is();

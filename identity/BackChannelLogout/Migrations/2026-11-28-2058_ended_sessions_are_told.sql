-- When a session ends, in whichever way (sign-out, another person, a new password, an administrator, by itself), the clients that got tokens in it are told. The
-- database sees to it, so that no statement that ends sessions can forget: looked at when the transaction ends, because somebody who proves once more who
-- they are gets another key for the same sid.
create function clients_are_told_that_a_session_has_ended() returns trigger language plpgsql as $$
begin
    if exists (select from sign_in_session where sid = old.sid) then
        return null;
    end if;
    -- Due at once by whichever clock: the session was seen before now.
    insert into outbox_message (kind, payload, created_at, not_before)
    select distinct 'back_channel_logout', jsonb_build_object('clientId', c.client_id, 'subject', a.subject, 'sid', old.sid), old.last_seen_at, old.last_seen_at
    from access_grant g
    join account a using (account_id)
    join registered_client c using (registered_client_id)
    where g.sid = old.sid and c.back_channel_logout_uri is not null
      and exists (select from authorization_code k where k.access_grant_id = g.access_grant_id and k.redeemed_at is not null);
    if found then
        perform pg_notify('outbox_' || current_schema(), '');
    end if;
    return null;
end $$;
create constraint trigger clients_are_told_that_a_session_has_ended after delete on sign_in_session
    deferrable initially deferred for each row execute function clients_are_told_that_a_session_has_ended();

-- Somebody has a copy of a refresh token: the client is to forget what it built on it, though the session here goes on.
create function a_client_is_told_that_its_refresh_token_was_stolen() returns trigger language plpgsql as $$
begin
    insert into outbox_message (kind, payload, created_at, not_before)
    select 'back_channel_logout', jsonb_build_object('clientId', c.client_id, 'subject', a.subject, 'sid', new.sid), new.revoked_at, new.revoked_at
    from account a, registered_client c
    where a.account_id = new.account_id and c.registered_client_id = new.registered_client_id and c.back_channel_logout_uri is not null;
    perform pg_notify('outbox_' || current_schema(), '');
    return null;
end $$;
create trigger a_client_is_told_that_its_refresh_token_was_stolen after update of revoked_at on access_grant
    for each row when (old.revoked_at is null and new.revoked_because = 'refresh_token_reused') execute function a_client_is_told_that_its_refresh_token_was_stolen();

-- Whoever is disabled is signed out everywhere, and what they granted does not come back to life when they are enabled again.
create function a_disabled_account_is_signed_out() returns trigger language plpgsql as $$
begin
    update access_grant set revoked_at = new.disabled_at, revoked_because = 'account_disabled' where account_id = new.account_id and revoked_at is null;
    delete from sign_in_session where account_id = new.account_id;
    return null;
end $$;
create trigger a_disabled_account_is_signed_out after update of disabled_at on account
    for each row when (old.disabled_at is null and new.disabled_at is not null) execute function a_disabled_account_is_signed_out();

create function people_of_a_disabled_tenant_are_signed_out() returns trigger language plpgsql as $$
begin
    update access_grant g set revoked_at = new.disabled_at, revoked_because = 'tenant_disabled'
    from account a where a.tenant_id = new.tenant_id and g.account_id = a.account_id and g.revoked_at is null;
    delete from sign_in_session s using account a where a.tenant_id = new.tenant_id and s.account_id = a.account_id;
    return null;
end $$;
create trigger people_of_a_disabled_tenant_are_signed_out after update of disabled_at on tenant
    for each row when (old.disabled_at is null and new.disabled_at is not null) execute function people_of_a_disabled_tenant_are_signed_out();

alter table registered_client add constraint a_logout_is_told_by_http check (back_channel_logout_uri ~ '^https?://[^#[:space:]]+$');

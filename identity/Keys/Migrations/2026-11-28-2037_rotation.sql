-- Rotation: a key is announced (published) from its creation on, signs from its day, verifies until the last token signed with it has expired.
alter table signing_key
    add column signs_from      timestamptz,
    add column revoked_at      timestamptz,
    add column revoked_because text;
update signing_key set signs_from = created_at;
alter table signing_key
    alter column signs_from set not null,
    alter column protected_key drop not null,
    add constraint a_key_is_announced_before_it_signs check (signs_from >= created_at),
    add constraint a_revoked_key_has_its_reason check ((revoked_at is null) = (revoked_because is null)),
    -- What signs no more need not be kept, and what is not kept cannot be stolen.
    add constraint only_the_private_part_of_an_ended_key_is_destroyed check (protected_key is not null or retired_at is not null or revoked_at is not null);
comment on table signing_key is 'One key pair that signs tokens. Of each algorithm the youngest whose day has come signs; all that are neither retired nor revoked verify.';
comment on column signing_key.retired_at is 'When the last token signed with it had expired: it is no longer published, its private part is destroyed.';

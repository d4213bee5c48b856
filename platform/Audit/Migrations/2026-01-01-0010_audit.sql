-- The audit (审计): what was done, by whom, to which record. Each record has its own chain of hashes, so that two people at work
-- on two records never wait for each other; audit_seal then binds all chains together.
create table audit_entry (
    audit_entry_id bigint generated always as identity primary key,
    happened_at    timestamptz not null,
    actor          text        not null,
    partner_ids    bigint[]    not null default '{}',
    action         text        not null,
    subject_kind   text        not null,
    subject_number text        not null,
    details        jsonb       not null default '{}',
    correlation_id text,
    previous_hash  bytea,
    hash           bytea       not null,
    constraint an_audit_chain_does_not_fork unique nulls not distinct (subject_kind, subject_number, previous_hash)
);
comment on table audit_entry is 'One act; partner_ids are the partners whose record it is and who may read it. Append-only; hash covers the act and the hash of the act before it on the same record.';
create index audit_entry_by_time on audit_entry (happened_at, audit_entry_id);
create index audit_entry_by_subject on audit_entry (subject_kind, subject_number, audit_entry_id);

create table audit_unsealed (
    audit_entry_id bigint primary key
);
comment on table audit_unsealed is 'Acts that wait for the next seal; written with the act, emptied by the sealing job.';

create table audit_seal (
    audit_seal_id bigint      primary key,
    sealed_at     timestamptz not null,
    entries       int8multirange not null,
    digest        bytea       not null,
    signature     bytea       not null
);
comment on table audit_seal is 'Binds the acts of a moment: digest over their hashes in order and the seal before; signature by a key outside the database.';

-- The one form that is hashed, here and in the check. A unit separator keeps two fields from running together.
create function audit_hash(previous bytea, entry audit_entry) returns bytea language sql stable as $$
    select sha256(coalesce(previous, ''::bytea) || convert_to(concat_ws(e'\x1f',
        to_char(entry.happened_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US'), entry.actor, array_to_string(entry.partner_ids, ','),
        entry.action, entry.subject_kind, entry.subject_number, entry.details::text, coalesce(entry.correlation_id, '')), 'UTF8'))
$$;
comment on function audit_hash(bytea, audit_entry) is 'The hash of an act given the hash of the act before it on the same record.';

-- The definer sees every chain; the person at work may not see the record's earlier acts and must still continue them.
create function audit_chain() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    -- Rivals on one record wait here; the unique constraint would refuse the fork anyway.
    perform pg_advisory_xact_lock(hashtextextended('audit:' || new.subject_kind || ':' || new.subject_number, 0));
    -- Numbered anew under the lock: the number the row came with may be smaller than that of a rival who was let in first,
    -- and the last of the chain is found by number.
    new.audit_entry_id := nextval('audit_entry_audit_entry_id_seq');
    select e.hash into new.previous_hash from audit_entry e
    where e.subject_kind = new.subject_kind and e.subject_number = new.subject_number
    order by e.audit_entry_id desc limit 1;
    new.hash := audit_hash(new.previous_hash, new);
    insert into audit_unsealed values (new.audit_entry_id);
    return new;
end $$;
alter function audit_chain() owner to {schema}_definer;
create trigger audit_entries_are_chained before insert on audit_entry for each row execute function audit_chain();

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'The audit is append-only.' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entries_stay before update or delete or truncate on audit_entry for each statement execute function audit_is_append_only();
create trigger audit_seals_stay before update or delete or truncate on audit_seal for each statement execute function audit_is_append_only();
revoke update, delete, truncate on audit_entry, audit_seal from {schema}_app;

-- Receipts (报备凭证): what the brand signed about a protected claim, so that it can be proved to anybody, later, without this database.
create table receipt_key (
    receipt_key_id  bigint generated always as identity primary key,
    kid             text        not null,
    public_jwk      jsonb       not null,
    attested        text        not null,
    protected_key   text,
    created_at      timestamptz not null,
    signs_from      timestamptz not null,
    revoked_at      timestamptz,
    revoked_because text,
    constraint a_receipt_kid_names_one_key unique (kid),
    constraint a_receipt_key_is_announced_before_it_signs check (signs_from >= created_at),
    constraint a_revoked_receipt_key_has_its_reason check ((revoked_at is null) = (revoked_because is null))
);
comment on table receipt_key is 'A key pair (ES256) that signs receipts. The youngest whose day has come signs; the public parts of all that are not revoked stay published for good.';
comment on column receipt_key.attested is 'The public part once more, protected with the application''s keys: one that a superuser put in has none that can be read.';
comment on column receipt_key.protected_key is 'The private part, protected with the application''s keys; destroyed once a younger key signs.';

create table claim_receipt (
    claim_receipt_id bigint      generated always as identity primary key,
    number           text        not null unique,
    deal_id          bigint      not null references deal,
    partner_id       bigint      not null references partner,
    sequence         integer     not null,
    why              text        not null,
    protection       tstzrange   not null,
    kid              text        not null references receipt_key (kid),
    jws              text        not null,
    sha256           bytea       not null,
    audit_entry_id   bigint      not null,
    audit_hash       bytea       not null,
    issued_at        timestamptz not null,
    constraint receipts_of_a_deal_are_counted unique (deal_id, sequence),
    constraint a_receipt_says_why check (why in ('approval', 'extension', 'transfer', 'change')),
    constraint a_receipt_hash_is_of_its_text check (sha256 = sha256(convert_to(jws, 'UTF8')))
);
comment on table claim_receipt is 'A signed receipt of a protected claim; the one with the highest sequence holds, the others are superseded.';
comment on column claim_receipt.audit_hash is 'The head of the deal''s audit chain when the receipt was signed; it stands in the signed text, so that a chain that was computed anew is found.';
create index claim_receipt_by_kid on claim_receipt (kid);

create table receipt_file (
    claim_receipt_id bigint      not null references claim_receipt,
    partner_id       bigint      not null references partner,
    language         text        not null,
    content          bytea       not null,
    sha256           bytea       not null,
    made_at          timestamptz not null,
    primary key (claim_receipt_id, language),
    constraint receipt_file_language_is_known check (language in ('en', 'zh-CN')),
    constraint a_receipt_file_has_its_hash check (sha256 = sha256(content))
);
comment on table receipt_file is 'The PDF of a receipt, made once; every download gets the same bytes.';
alter table receipt_file alter column content set storage external;

create table receipt_due (
    deal_id    bigint primary key references deal on delete cascade,
    partner_id bigint not null references partner
);
comment on table receipt_due is 'Deals whose protection began or changed and that have no receipt of it yet; the act itself writes one, the job those that an act left.';

-- Whatever changes a claim, and by whatever way, wants a receipt.
create function claim_wants_a_receipt() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if upper(new.protection) <= upper(old.protection) and new.partner_id = old.partner_id
           and new.product_line_id = old.product_line_id and new.territory_id = old.territory_id then
            return null;
        end if;
    end if;
    insert into receipt_due (deal_id, partner_id) values (new.deal_id, new.partner_id)
    on conflict (deal_id) do update set partner_id = excluded.partner_id;
    return null;
end $$;
alter function claim_wants_a_receipt() owner to {schema}_definer;
create trigger a_claim_wants_a_receipt after insert or update on deal_claim for each row execute function claim_wants_a_receipt();

-- A receipt says what is so: a claim of that partner, protected for that time, and the next number of that deal.
create function receipt_is_true() returns trigger language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not exists (select from deal_claim c where c.deal_id = new.deal_id and c.partner_id = new.partner_id and c.protection = new.protection) then
        raise exception 'There is no such claim.' using errcode = 'check_violation', constraint = 'a_receipt_is_of_a_claim';
    end if;
    if new.sequence <> (select coalesce(max(r.sequence), 0) + 1 from claim_receipt r where r.deal_id = new.deal_id) then
        raise exception 'Another receipt of this deal was faster.' using errcode = 'check_violation', constraint = 'receipts_of_a_deal_are_counted';
    end if;
    return new;
end $$;
alter function receipt_is_true() owner to {schema}_definer;
create trigger a_receipt_is_true before insert on claim_receipt for each row execute function receipt_is_true();

create function receipt_stays() returns trigger language plpgsql as $$
begin
    raise exception 'A receipt stays as it was signed.' using errcode = 'insufficient_privilege';
end $$;
create trigger receipts_stay before update or delete or truncate on claim_receipt for each statement execute function receipt_stays();
create trigger receipt_files_stay before update or delete or truncate on receipt_file for each statement execute function receipt_stays();
revoke update, delete, truncate on claim_receipt, receipt_file from {schema}_app;

-- Where a deal's audit chain stands, and the last seal over all chains: both go into the signed text.
create function audit_witness(kind text, subject text)
returns table (audit_entry_id bigint, hash bytea, acts bigint, audit_seal_id bigint, digest bytea)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select head.audit_entry_id, head.hash, (select count(*) from audit_entry e where e.subject_kind = kind and e.subject_number = subject), last.audit_seal_id, last.digest
    from (select e.audit_entry_id, e.hash from audit_entry e where e.subject_kind = kind and e.subject_number = subject order by e.audit_entry_id desc limit 1) head
    left join (select s.audit_seal_id, s.digest from audit_seal s order by s.audit_seal_id desc limit 1) last on true
$$;
comment on function audit_witness(text, text) is 'The head of a record''s audit chain, its length, and the last seal.';
alter function audit_witness(text, text) owner to {schema}_definer;
create policy seals_are_witnessed_by_the_definer on audit_seal for select to {schema}_definer using (true);

-- What somebody without an account may ask: only whoever has the receipt knows its hash, and learns nothing but whether it still holds.
create function receipt_standing(hash bytea, at timestamptz)
returns table (jws text, is_newest boolean, is_in_force boolean)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select r.jws,
           not exists (select from claim_receipt n where n.deal_id = r.deal_id and n.sequence > r.sequence),
           exists (select from deal_claim c where c.deal_id = r.deal_id and c.partner_id = r.partner_id and c.protection = r.protection and c.protection @> at)
    from claim_receipt r
    where r.sha256 = hash
$$;
comment on function receipt_standing(bytea, timestamptz) is 'A receipt by the SHA-256 of its text, and whether it still holds.';
alter function receipt_standing(bytea, timestamptz) owner to {schema}_definer;
create index claim_receipt_by_hash on claim_receipt (sha256);

-- The keys as the application needs them in anybody's transaction; the private parts can be read with its own keys only.
create function receipt_keys()
returns table (kid text, public_jwk text, attested text, protected_key text, created_at timestamptz, signs_from timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select k.kid, k.public_jwk::text, k.attested, k.protected_key, k.created_at, k.signs_from, k.revoked_at from receipt_key k order by k.signs_from, k.receipt_key_id
$$;
comment on function receipt_keys() is 'All keys of receipts, the oldest first.';
alter function receipt_keys() owner to {schema}_definer;

alter table receipt_key enable row level security;
alter table receipt_key force row level security;
create policy receipt_keys_are_the_products_own on receipt_key using ((select app_is_system())) with check ((select app_is_system()));
create policy receipt_keys_are_known_to_the_definer on receipt_key for select to {schema}_definer using (true);
-- A kid that receipts refer to is looked up by whoever writes the receipt.
revoke delete, truncate on receipt_key from {schema}_app;
revoke update on receipt_key from {schema}_app;
grant update (protected_key, signs_from, revoked_at, revoked_because) on receipt_key to {schema}_app;

alter table claim_receipt enable row level security;
alter table claim_receipt force row level security;
create policy receipts_are_read_by_both_sides on claim_receipt for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy receipts_are_written_with_the_act on claim_receipt for insert with check (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy receipts_are_known_to_the_definer on claim_receipt for select to {schema}_definer using (true);

alter table receipt_file enable row level security;
alter table receipt_file force row level security;
create policy receipt_files_are_read_by_both_sides on receipt_file for select using (partner_id = (select app_partner_id()) or (select app_is_brand()));
create policy receipt_files_are_made_by_whoever_opens_them_first on receipt_file for insert with check (partner_id = (select app_partner_id()) or (select app_is_brand()));

alter table receipt_due enable row level security;
alter table receipt_due force row level security;
create policy due_receipts_are_noted_by_the_trigger on receipt_due to {schema}_definer using (true) with check (true);
create policy due_receipts_are_written_by_whoever_acts on receipt_due using (partner_id = (select app_partner_id()) or (select app_is_brand()))
    with check ((select app_is_system()));

-- Claims that were approved before there were receipts get theirs.
select enter_as_system('receipts of old claims');
insert into receipt_due (deal_id, partner_id)
select distinct c.deal_id, c.partner_id from deal_claim c
on conflict do nothing;

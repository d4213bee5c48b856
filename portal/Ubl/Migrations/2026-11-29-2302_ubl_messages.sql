-- Documents in UBL (电子单据) that programs and people hand in: an order, an answer, what was sent, an invoice. Each is taken in once, by its sender and its number.
create table ubl_message (
    ubl_message_id bigint generated always as identity primary key,
    number         text        not null unique,
    partner_id     bigint      not null references partner,
    kind           text        not null,
    document_id    text        not null,
    sha256         bytea       not null,
    content        text        not null,
    received_at    timestamptz not null,
    person_id      bigint      references person,
    outcome        text        not null,
    record_number  text,
    problems       jsonb       not null default '[]',
    constraint a_document_is_taken_in_once unique (partner_id, kind, document_id),
    constraint ubl_kind_is_known check (kind in ('Order', 'OrderResponse', 'OrderResponseSimple', 'DespatchAdvice', 'Invoice')),
    constraint ubl_outcome_is_known check (outcome in ('draft', 'submitted', 'waits', 'confirmed', 'rejected', 'shipped', 'matched', 'differs')),
    constraint a_document_has_an_id check (char_length(document_id) between 1 and 64),
    constraint a_document_has_its_hash check (octet_length(sha256) = 32),
    constraint the_content_of_a_document_is_bounded check (octet_length(content) <= 5242880),
    constraint the_problems_of_a_document_are_a_list check (jsonb_typeof(problems) = 'array')
);
comment on table ubl_message is 'A UBL document that a company handed in, as it came, and what came of it (电子单据).';
create index ubl_message_by_partner on ubl_message (partner_id, ubl_message_id desc);

-- What was answered, sent or compared stays as it was said; only a draft, and a comparison, is written anew.
create function a_document_is_said_once() returns trigger language plpgsql as $$
begin
    if old.outcome not in ('draft', 'matched', 'differs') then
        raise exception 'What came of this document stays.' using errcode = 'check_violation', constraint = 'what_came_of_a_document_stays';
    end if;
    return new;
end $$;
create trigger a_document_is_said_once before update on ubl_message for each row execute function a_document_is_said_once();

alter table ubl_message enable row level security;
alter table ubl_message force row level security;
create policy documents_are_seen_by_their_company on ubl_message for select using (partner_id = (select app_partner_id()) or (select app_is_system()));
create policy documents_are_handed_in_by_their_company on ubl_message for insert with check (partner_id = (select app_partner_id()));
create policy documents_are_written_anew_by_their_company on ubl_message for update using (partner_id = (select app_partner_id())) with check (partner_id = (select app_partner_id()));
revoke update, delete, truncate on ubl_message from {schema}_app;
grant update (sha256, content, received_at, person_id, outcome, record_number, problems) on ubl_message to {schema}_app;

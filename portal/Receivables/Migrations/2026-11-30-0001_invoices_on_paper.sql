-- How a seller is paid (收款账户): printed on its invoices. The latest row holds; what is on paper already stays as it is.
create table bank_detail (
    bank_detail_id bigint generated always as identity primary key,
    seller_id bigint      not null references partner,
    details   text        not null,
    person_id bigint      references person,
    set_at    timestamptz not null,
    constraint bank_details_are_short check (char_length(details) <= 600)
);
comment on table bank_detail is 'Where a seller wants to be paid, as its invoices print it; the latest row holds, an empty one takes it off.';
create index bank_detail_of_seller on bank_detail (seller_id, bank_detail_id desc);
alter table bank_detail enable row level security;
alter table bank_detail force row level security;
-- Its buyers read it on their invoices.
create policy bank_details_are_seen_by_the_seller_and_its_buyers on bank_detail for select using (
    seller_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system())
    or exists (select from ledger_account a where a.seller_id = bank_detail.seller_id and a.buyer_id = (select app_partner_id())));
create policy bank_details_are_kept_by_the_books on bank_detail to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on bank_detail from {schema}_app;
create trigger bank_detail_stays before update or delete or truncate on bank_detail for each statement execute function books_are_append_only();

create function keep_bank_details(seller bigint, written text, at timestamptz) returns void language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    if not app_keeps_books_of(seller) then
        raise exception 'Bank details are kept by the seller''s finance.' using errcode = 'insufficient_privilege';
    end if;
    insert into bank_detail (seller_id, details, person_id, set_at) values (seller, written, app_person_id(), at);
end $$;
comment on function keep_bank_details(bigint, text, timestamptz) is 'Says where a seller wants to be paid, from now on.';
alter function keep_bank_details(bigint, text, timestamptz) owner to {schema}_definer;

-- Invoices and credit notes on paper: what they say is frozen when somebody opens one for the first time, and each language is made once.
create table invoice_paper (
    open_item_id bigint      primary key references open_item,
    content      jsonb       not null,
    frozen_at    timestamptz not null
);
comment on table invoice_paper is 'What an invoice or a credit note says on paper, in both languages: frozen when it is opened for the first time.';
create table invoice_paper_file (
    open_item_id bigint      not null references invoice_paper,
    language     text        not null,
    content      bytea       not null,
    sha256       bytea       not null,
    made_at      timestamptz not null,
    primary key (open_item_id, language),
    constraint invoice_paper_language_is_known check (language in ('en', 'zh-CN'))
);
comment on table invoice_paper_file is 'The PDF made once of a frozen invoice or credit note; every download gets the same bytes.';
alter table invoice_paper_file alter column content set storage external;

alter table invoice_paper enable row level security;
alter table invoice_paper force row level security;
create policy invoice_papers_are_seen_with_their_document on invoice_paper for select using (exists (select from open_item i where i.open_item_id = invoice_paper.open_item_id));
-- Either side may be the first to open it.
create policy invoice_papers_are_made_by_whoever_opens_them_first on invoice_paper for insert
    with check (exists (select from open_item i where i.open_item_id = invoice_paper.open_item_id and i.kind in ('invoice', 'credit_note')));
revoke update, delete, truncate on invoice_paper from {schema}_app;
alter table invoice_paper_file enable row level security;
alter table invoice_paper_file force row level security;
create policy invoice_paper_files_are_seen_with_their_document on invoice_paper_file for select using (exists (select from open_item i where i.open_item_id = invoice_paper_file.open_item_id));
create policy invoice_paper_files_are_made_by_whoever_opens_them_first on invoice_paper_file for insert with check (exists (select from open_item i where i.open_item_id = invoice_paper_file.open_item_id));
revoke update, delete, truncate on invoice_paper_file from {schema}_app;

-- Changes of an order that was handed in (变更申请): one side asks to call pieces off, to move a day or, the seller, to send something else; it is changed when the other side agrees, and not before.
create table order_change (
    order_change_id    bigint generated always as identity primary key,
    number             text        not null unique,
    purchase_order_id  bigint      not null,
    buyer_id           bigint      not null,
    seller_id          bigint      not null,
    asked_by_side      text        not null,
    reason             text,
    status             text        not null default 'open',
    answer             text,
    waits_for_upstream boolean     not null default false,
    passed_up_from     bigint      references order_change,
    asked_by           bigint      references person,
    asked_at           timestamptz not null,
    answered_by        bigint      references person,
    answered_at        timestamptz,
    constraint a_change_belongs_to_its_order foreign key (purchase_order_id, buyer_id, seller_id) references purchase_order (purchase_order_id, buyer_id, seller_id),
    constraint a_side_asks_for_a_change check (asked_by_side in ('buyer', 'seller')),
    constraint a_change_has_a_known_status check (status in ('open', 'accepted', 'declined', 'withdrawn')),
    constraint a_change_is_open_until_it_is_answered check ((status = 'open') = (answered_at is null)),
    constraint who_asks_for_a_change_says_why check (reason is not null or asked_by is null and asked_by_side = 'seller'),
    constraint a_declined_change_says_why check (status <> 'declined' or answer is not null),
    constraint the_words_of_a_change_are_short check (char_length(reason) between 1 and 1000 and char_length(answer) between 1 and 1000)
);
comment on table order_change is 'What one side of an order asks to change after it was handed in, and what the other side said (变更申请). passed_up_from: the change of the order below that waits for this one. Without a reason it is the product that says that goods come later.';
create unique index an_order_has_one_open_change on order_change (purchase_order_id) where status = 'open';
create index order_change_by_order on order_change (purchase_order_id, order_change_id);
create index order_change_to_answer_by_seller on order_change (seller_id) where status = 'open' and asked_by_side = 'buyer';
create index order_change_to_answer_by_buyer on order_change (buyer_id) where status = 'open' and asked_by_side = 'seller';
create index order_change_passed_up on order_change (passed_up_from) where passed_up_from is not null;

create table order_change_line (
    order_change_id        bigint  not null references order_change,
    purchase_order_line_id bigint  not null references purchase_order_line,
    call_off               integer not null default 0,
    new_day                date,
    substitute_id          bigint  references product,
    unit_price             numeric(18, 4),
    amount                 numeric(18, 4),
    price_steps            jsonb,
    primary key (order_change_id, purchase_order_line_id),
    constraint a_changed_line_changes_something check (call_off > 0 or new_day is not null),
    constraint a_call_off_is_not_negative check (call_off >= 0),
    constraint a_substitute_has_its_price check ((substitute_id is null) = (unit_price is null) and (unit_price is null) = (amount is null) and (amount is null) = (price_steps is null)),
    constraint a_substitute_comes_instead_of_something check (substitute_id is null or call_off > 0)
);
comment on table order_change_line is 'What a change says of a line: pieces called off, what comes instead of them at which price, and the day of what stays.';
create index order_change_line_by_line on order_change_line (purchase_order_line_id);

alter table order_change enable row level security;
alter table order_change force row level security;
create policy changes_are_seen_by_both_sides on order_change for select using (
    buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_brand()) or (select app_is_system()));
create policy changes_are_asked_for_by_a_side on order_change for insert with check (
    status = 'open' and (case asked_by_side when 'buyer' then buyer_id else seller_id end = (select app_partner_id()) or (select app_is_system())));
-- Accepted it is by order_accept_change alone.
create policy changes_are_answered_by_both_sides on order_change for update
    using (status = 'open' and (buyer_id = (select app_partner_id()) or seller_id = (select app_partner_id()) or (select app_is_system())))
    with check (case status when 'open' then true
                            when 'declined' then case asked_by_side when 'buyer' then seller_id else buyer_id end = (select app_partner_id()) or (select app_is_system())
                            when 'withdrawn' then case asked_by_side when 'buyer' then buyer_id else seller_id end = (select app_partner_id()) or (select app_is_system())
                            else false end);
create policy changes_are_accepted_by_the_definer on order_change to {schema}_definer using (true) with check (true);
revoke update, delete, truncate on order_change from {schema}_app;
grant update (status, answer, waits_for_upstream, answered_by, answered_at) on order_change to {schema}_app;

alter table order_change_line enable row level security;
alter table order_change_line force row level security;
create policy changed_lines_are_seen_with_their_change on order_change_line for select using (
    exists (select from order_change c where c.order_change_id = order_change_line.order_change_id));
create policy changed_lines_are_asked_for_with_their_change on order_change_line for insert with check (
    exists (select from order_change c join purchase_order_line l on l.purchase_order_id = c.purchase_order_id
            where c.order_change_id = order_change_line.order_change_id and c.status = 'open' and l.purchase_order_line_id = order_change_line.purchase_order_line_id));
create policy changed_lines_are_known_to_the_definer on order_change_line for select to {schema}_definer using (true);
revoke update, delete, truncate on order_change_line from {schema}_app;

create policy called_off_by_both_sides on purchase_order_line for update to {schema}_definer using (true) with check (true);
grant update (cancelled, reserved, promised_on, requested_on) on purchase_order_line to {schema}_definer;

-- The other side agrees. It may be the buyer, who holds none of the seller's goods: what the lines have reserved is given back here, no more and no less than they lose.
create function order_accept_change(change text, said text, at timestamptz) returns table (place_id bigint, product_id bigint)
language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
#variable_conflict use_column
declare
    asked record;
    products bigint[];
    freed bigint[];
begin
    select c.*, o.from_place_id, o.status as order_status into asked
    from order_change c join purchase_order o using (purchase_order_id)
    where c.number = change and c.status = 'open'
    for no key update of c;
    if not found or not (app_is_system() or app_partner_id() is not distinct from case asked.asked_by_side when 'buyer' then asked.seller_id else asked.buyer_id end) then
        raise exception 'A change is accepted by the other side, while it is open.' using errcode = 'insufficient_privilege';
    end if;

    -- Balances before lines, in the order of their keys, as in every act.
    perform stock_hold_balances(asked.from_place_id, array(
        select distinct l.product_id from order_change_line k join purchase_order_line l using (purchase_order_line_id) where k.order_change_id = asked.order_change_id));

    update order_change set status = 'accepted', answer = said, answered_by = app_person_id(), answered_at = at, waits_for_upstream = false where order_change_id = asked.order_change_id;
    select array_agg(line.product_id), array_agg(line.freed) into products, freed
    from (select l.product_id, (l.reserved - least(l.reserved, l.quantity - l.shipped - l.cancelled - k.call_off))::bigint as freed
          from order_change_line k join purchase_order_line l using (purchase_order_line_id)
          where k.order_change_id = asked.order_change_id) line
    where line.freed > 0;
    update purchase_order_line l
    set cancelled = l.cancelled + k.call_off, reserved = least(l.reserved, l.quantity - l.shipped - l.cancelled - k.call_off),
        requested_on = case when asked.asked_by_side = 'buyer' or asked.order_status = 'submitted' then coalesce(k.new_day, l.requested_on) else l.requested_on end,
        promised_on = case when asked.order_status <> 'submitted' then coalesce(k.new_day, l.promised_on) else l.promised_on end
    from order_change_line k
    where k.order_change_id = asked.order_change_id and l.purchase_order_line_id = k.purchase_order_line_id;
    if products is not null then
        perform stock_give_back(asked.from_place_id, products, freed);
    end if;
    return query select asked.from_place_id, free from (select distinct unnest(products)) as given_back (free) order by free;
end $$;
comment on function order_accept_change(text, text, timestamptz) is 'Carries out what was asked of the lines of an order; answers the goods that are free again.';
alter function order_accept_change(text, text, timestamptz) owner to {schema}_definer;

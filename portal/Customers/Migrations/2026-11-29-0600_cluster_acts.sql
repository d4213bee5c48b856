-- Somebody finds that two companies are one, or that one is two. Each is an act with a reason that can be undone.
create table customer_cluster_act (
    customer_cluster_act_id bigint generated always as identity primary key,
    number          text   not null unique,
    kind            text   not null,
    from_cluster_id bigint not null references customer_cluster,
    to_cluster_id   bigint not null references customer_cluster,
    reason          text   not null,
    person_id       bigint references person,
    happened_at     timestamptz not null,
    undone_at       timestamptz,
    undone_by       bigint references person,
    undo_reason     text,
    constraint cluster_act_kind_is_known check (kind in ('merge', 'split')),
    constraint a_cluster_act_goes_somewhere_else check (from_cluster_id <> to_cluster_id),
    constraint a_cluster_act_has_a_reason check (char_length(btrim(reason)) between 1 and 2000),
    constraint an_undone_act_says_why check ((undone_at is null) = (undo_reason is null) and (undo_reason is null or char_length(btrim(undo_reason)) between 1 and 2000))
);
comment on table customer_cluster_act is 'A merge of two companies into one, or a split of one into two: who found it, when, why; and who undid it.';
create index customer_cluster_act_by_from on customer_cluster_act (from_cluster_id);
create index customer_cluster_act_by_to on customer_cluster_act (to_cluster_id);

-- Which customers an act moved; undoing it moves exactly these back.
alter table customer_cluster_move add column customer_cluster_act_id bigint references customer_cluster_act;
alter table customer_cluster_move add column undoes boolean not null default false;
create index customer_cluster_move_by_act on customer_cluster_move (customer_cluster_act_id) where customer_cluster_act_id is not null;
create index customer_cluster_move_by_to on customer_cluster_move (to_cluster_id);
comment on column customer_cluster_move.customer_cluster_act_id is 'The act it belongs to; null where the matcher was certain.';

create function cluster_act_is_undone_once() returns trigger language plpgsql as $$
begin
    if old.undone_at is not null then
        raise exception 'What was undone stays undone: %.', old.number using errcode = 'check_violation', constraint = 'an_act_is_undone_once';
    end if;
    return new;
end $$;
create trigger an_act_is_undone_once before update on customer_cluster_act for each row execute function cluster_act_is_undone_once();

alter table customer_cluster_act enable row level security;
alter table customer_cluster_act force row level security;
create policy cluster_acts_are_read_by_the_brand on customer_cluster_act for select using ((select app_is_brand()));
create policy cluster_acts_are_the_deal_desks on customer_cluster_act for insert with check ((select app_has_role('deal_desk')));
create policy cluster_acts_are_undone_by_the_deal_desk on customer_cluster_act for update using ((select app_has_role('deal_desk'))) with check ((select app_has_role('deal_desk')));
revoke update, delete on customer_cluster_act from {schema}_app;
grant update (undone_at, undone_by, undo_reason) on customer_cluster_act to {schema}_app;
revoke update, delete on customer_cluster_move from {schema}_app;

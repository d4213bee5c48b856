-- The outbox: what shall leave the database once the change that caused it is stored. Delivered at least once; receivers are idempotent.
create table outbox_message (
    outbox_message_id bigint generated always as identity primary key,
    kind         text        not null,
    payload      jsonb       not null,
    created_at   timestamptz not null,
    not_before   timestamptz not null,
    attempts     integer     not null default 0,
    last_error   text,
    delivered_at timestamptz,
    abandoned_at timestamptz,
    constraint an_outbox_message_ends_once check (delivered_at is null or abandoned_at is null)
);
comment on table outbox_message is 'One thing to tell the outside: a mail, a live update, a webhook, a roll-up to bring up to date.';
create index outbox_message_due on outbox_message (not_before, outbox_message_id) where delivered_at is null and abandoned_at is null;

-- Everybody puts messages in with their own changes; only the product takes them out.
alter table outbox_message enable row level security;
alter table outbox_message force row level security;
create policy messages_are_put_in_by_whoever_acts on outbox_message for insert with check (true);
create policy messages_are_taken_by_the_product on outbox_message using ((select app_is_system())) with check ((select app_is_system()));
create index outbox_message_done on outbox_message (delivered_at) where delivered_at is not null;

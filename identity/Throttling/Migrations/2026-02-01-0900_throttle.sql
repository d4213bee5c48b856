-- How often somebody tried: sign-ins, resets, wrong client secrets, counted over all instances. Its loss in a crash hurts nobody.
create unlogged table throttle (
    key               text        primary key,
    window_started_at timestamptz not null,
    attempts          integer     not null
);
comment on table throttle is 'Attempts from one address (or about one thing) in the running window; the key begins with what is tried.';
alter table throttle enable row level security;
alter table throttle force row level security;
create policy identity_itself_counts on throttle using ((select app_is_system())) with check ((select app_is_system()));
create index throttle_by_age on throttle (window_started_at);

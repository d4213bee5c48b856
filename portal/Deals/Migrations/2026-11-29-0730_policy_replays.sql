-- Policy replay (政策回放): before a protection policy is published, the real registrations of the last months go through it. Nothing is written to deals.
create table policy_replay (
    policy_replay_id bigint generated always as identity primary key,
    number      text     not null unique,
    protection_policy_id bigint not null references protection_policy on delete cascade,
    policy_version integer not null,
    months      integer  not null,
    status      text     not null default 'waiting',
    progress    numeric(4, 3) not null default 0,
    lease_until timestamptz,
    asked_by    bigint   references person,
    asked_at    timestamptz not null,
    ended_at    timestamptz,
    result      jsonb,
    constraint a_replay_goes_back_months check (months between 3 and 24),
    constraint replay_status_is_known check (status in ('waiting', 'running', 'done')),
    constraint replay_progress_is_a_share check (progress between 0 and 1),
    constraint a_replay_that_is_done_has_its_result check ((status = 'done') = (result is not null and ended_at is not null))
);
comment on table policy_replay is 'What would have become of the registrations of the last months under a draft of a protection policy, beside the policies that held.';
create index policy_replay_by_policy on policy_replay (protection_policy_id, policy_replay_id desc);
create index policy_replay_waiting on policy_replay (policy_replay_id) where status <> 'done';
alter table policy_replay enable row level security;
alter table policy_replay force row level security;
create policy replays_are_read_by_the_brand on policy_replay for select using ((select app_is_brand()));
create policy replays_are_asked_for_by_administrators on policy_replay for insert with check ((select app_has_role('brand_admin')));
create policy replays_are_run_by_the_product_and_administrators on policy_replay for update using ((select app_has_role('brand_admin'))) with check ((select app_has_role('brand_admin')));
revoke update, delete, truncate on policy_replay from {schema}_app;
grant update (status, progress, lease_until, ended_at, result) on policy_replay to {schema}_app;

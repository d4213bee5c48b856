-- Answers belong to the one who asked; and the way to take a key, in one round trip.
alter table idempotent_answer enable row level security;
alter table idempotent_answer force row level security;
create policy an_answer_is_its_callers_own on idempotent_answer
    using (caller = (select app_actor()) or (select app_is_system()))
    with check (caller = (select app_actor()) or (select app_is_system()));

-- The lock goes with the transaction, so a twin that ends in whatever way lets go of it. Each statement below sees what is stored
-- when it begins: having the lock, it sees the answer that a twin committed before it let go.
create function take_idempotent_key(taken_key text, wait_milliseconds integer)
returns table (is_taken boolean, request_hash bytea, status integer, headers text, body bytea) language plpgsql volatile as $$
declare
    twins    bigint      := hashtextextended('idempotent:' || app_actor() || ':' || taken_key, 0);
    deadline timestamptz := clock_timestamp() + make_interval(secs => wait_milliseconds / 1000.0);
begin
    is_taken := pg_try_advisory_xact_lock(twins);
    while not is_taken and clock_timestamp() < deadline loop
        perform pg_sleep(0.02);
        is_taken := pg_try_advisory_xact_lock(twins);
    end loop;
    if is_taken then
        select a.request_hash, a.status, a.headers::text, a.body into request_hash, status, headers, body
        from idempotent_answer a where a.caller = app_actor() and a.key = taken_key;
    end if;
    return next;
end $$;
comment on function take_idempotent_key(text, integer) is
    'Takes the caller''s key for this transaction, waiting for a twin at most so long, and finds the answer it was given before.';

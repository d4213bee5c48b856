-- Who is at work in this transaction. The settings are local to the transaction; where they are absent every policy below says no.
create function app_is_system() returns boolean language sql stable parallel safe as
$$ select coalesce(current_setting('app.is_system', true), '') = 'yes' $$;
comment on function app_is_system() is 'True when the product itself is at work (a job, an import from the command line).';

create function app_actor() returns text language sql stable parallel safe as
$$ select nullif(current_setting('app.actor', true), '') $$;
comment on function app_actor() is 'Who is at work, as the audit names it: a person''s number, an API client or the product''s own job.';

create function enter_as_system(reason text) returns void language plpgsql as $$
begin
    perform set_config('app.is_system', 'yes', true),
            set_config('app.actor', reason, true);
end $$;
comment on function enter_as_system(text) is 'Begins a transaction of the product itself.';

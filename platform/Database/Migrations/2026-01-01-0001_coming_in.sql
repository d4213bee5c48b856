-- How the application enters: the call travels with the first statement of its transaction, and its answer comes before that one's.
create function come_in_as_system(reason text) returns boolean language plpgsql as $$
begin
    perform set_config('app.is_system', 'yes', true),
            set_config('app.actor', reason, true);
    return true;
end $$;
comment on function come_in_as_system(text) is 'Begins a transaction of the product itself, as enter_as_system does; always true.';

-- How the application enters: procedures answer nothing, so that the call travels with the first statement of its transaction.
create procedure come_in_as_system(reason text) language plpgsql as $$
begin
    perform set_config('app.is_system', 'yes', true),
            set_config('app.actor', reason, true);
end $$;
comment on procedure come_in_as_system(text) is 'Begins a transaction of the product itself; enter_as_system for whoever needs no answer.';

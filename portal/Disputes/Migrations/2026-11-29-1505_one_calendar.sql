-- One calendar for every clock that counts working days: of disputes, of approvals, of whatever comes.
create function is_working_day(day date) returns boolean language sql stable as $$
    select coalesce((select x.works from working_day_exception x where x.day = is_working_day.day), extract(isodow from is_working_day.day) < 6)
$$;
comment on function is_working_day(date) is 'Monday to Friday but for the brand''s exceptions.';

create function working_days_before(day date) returns integer language sql stable as $$
    -- 2000-01-03 was a Monday.
    select (working_days_before.day - date '2000-01-03') / 7 * 5 + least((working_days_before.day - date '2000-01-03') % 7, 5)
           + (select count(*) filter (where x.works) - count(*) filter (where not x.works) from working_day_exception x where x.day >= date '2000-01-03' and x.day < working_days_before.day)::integer
$$;
comment on function working_days_before(date) is 'The working days from a Monday long ago until then, that day not counted; of use as a difference.';

create or replace function dispute_due(opened timestamptz, days integer) returns timestamptz language sql stable as $$
    select brand_midnight(max(worked.day) + 1)
    from (
        select d.day::date as day
        from generate_series(brand_day(opened) + 1, brand_day(opened) + 400, interval '1 day') as d (day)
        where is_working_day(d.day::date)
        order by d.day
        limit days
    ) worked
$$;

create or replace function dispute_days_left(due timestamptz, at timestamptz) returns integer language sql stable as $$
    select case when due <= at then -1 else working_days_before(brand_day(due)) - working_days_before(brand_day(at) + 1) end
$$;

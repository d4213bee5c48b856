-- How much working time lies between two moments is the difference of two such numbers: nothing is counted hour by hour, so that a list can have its clock.
create function working_minutes(at timestamptz) returns integer language sql stable as $$
    -- 2000-01-03 was a Monday; five days of eight hours a week.
    select days / 7 * 2400 + least(days % 7, 5) * 480
           + case when days % 7 < 5 then floor(extract(epoch from least(greatest(clock, time '09:00'), time '17:00') - time '09:00') / 60)::integer else 0 end
    from (select local::date - date '2000-01-03' as days, local::time as clock
          from (select at at time zone coalesce((select b.time_zone from partner b where b.partner_type = 'brand'), 'UTC') as local) zoned) split
$$;
comment on function working_minutes(timestamptz) is 'The working minutes (Monday to Friday, 9 to 17 in the brand''s zone) from a Monday long ago until then; of use as a difference, and in step with due_after.';
alter function working_minutes(timestamptz) security definer set search_path = {schema}, public, pg_temp;
alter function working_minutes(timestamptz) owner to {schema}_definer;

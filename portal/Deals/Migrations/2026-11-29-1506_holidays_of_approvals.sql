-- Working hours of approvals know the brand's calendar, as the disputes' clock does.
create or replace function due_after(began timestamptz, hours integer, is_working boolean) returns timestamptz language plpgsql stable security definer set search_path = {schema}, public, pg_temp as $$
declare
    zone text := (select b.time_zone from partner b where b.partner_type = 'brand');
    at timestamp := began at time zone zone;
    last_day date := at::date + 400;
    still interval := hours * interval '1 hour';
    ends timestamp;
begin
    if not is_working or zone is null then
        return began + hours * interval '1 hour';
    end if;
    loop
        -- a calendar without a working day ends the search
        if at::date < last_day and (not is_working_day(at::date) or at::time >= time '17:00') then
            at := at::date + 1 + time '09:00';
            continue;
        end if;
        at := greatest(at, at::date + time '09:00');
        ends := at::date + time '17:00';
        exit when ends - at >= still or at::date >= last_day;
        still := still - (ends - at);
        at := at::date + 1 + time '09:00';
    end loop;
    return (at + still) at time zone zone;
end $$;
alter function due_after(timestamptz, integer, boolean) owner to {schema}_definer;

create or replace function working_minutes(at timestamptz) returns integer language plpgsql stable security definer set search_path = {schema}, public, pg_temp as $$
declare
    here timestamp := at at time zone coalesce((select b.time_zone from partner b where b.partner_type = 'brand'), 'UTC');
begin
    return working_days_before(here::date) * 480
           + case when is_working_day(here::date) then floor(extract(epoch from least(greatest(here::time, time '09:00'), time '17:00') - time '09:00') / 60)::integer else 0 end;
end $$;
comment on function working_minutes(timestamptz) is 'The working minutes (9 to 17 on the brand''s working days, in its zone) from a Monday long ago until then; of use as a difference, and in step with due_after.';
alter function working_minutes(timestamptz) owner to {schema}_definer;

-- The clocks that run now.
select set_config('app.is_system', 'yes', true);
update deal_approval_step set due_at = due_after(opened_at, hours, working), escalate_at = due_after(opened_at, 2 * hours, working)
where opened_at is not null and closed_at is null and working and due_at > now();
select set_config('app.is_system', '', true);

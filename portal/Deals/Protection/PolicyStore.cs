using Platform.Database;

namespace Portal.Deals;

/// <summary>The statements about versions of protection policies.</summary>
public sealed class PolicyStore(Db db)
{
    /// <summary>The index that lets one published version of a case begin on a day.</summary>
    public const string OneADay = "one_policy_for_a_case_and_day";

    const string Select = """
        select y.protection_policy_id, y.number, y.effective_from, y.partner_level, l.code as product_line, l.name as line_name, l.name_zh as line_name_zh, y.amount_from, y.amount_until, y.lapses,
               y.protection_days, y.extension_days, y.extensions_at_most, y.reminder_days, y.recently_expired_days, y.screenings_per_day, y.stale_days, y.stale_warning_days, y.backdating_hours,
               y.capacity, y.capacity_months, y.capacity_decided, y.capacity_rates, y.capacity_factors, y.capacity_floor, y.capacity_ceiling, y.note, y.version,
               w.name as published_by, y.published_at, (select count(*) from deal d where d.protection_policy_id = y.protection_policy_id) as deals,
               case when y.status = 'draft' then 'draft'
                    when y.effective_from > brand_day(@now) then 'coming'
                    when exists (select from protection_policy n where n.status = 'published' and n.effective_from > y.effective_from and n.effective_from <= brand_day(@now)
                                 and (n.partner_level, n.product_line_id, n.amount_from, n.amount_until) is not distinct from (y.partner_level, y.product_line_id, y.amount_from, y.amount_until)) then 'superseded'
                    else 'in_force' end as state
        from protection_policy y
        left join product_line l using (product_line_id)
        left join person w on w.person_id = y.published_by
        """;

    /// <summary>All versions: drafts and what is to come first, then what holds, then what held.</summary>
    public Task<List<PolicyVersion>> ListAsync(DateTime now, CancellationToken ct) => db.ListAsync<PolicyVersion>($"""
        select * from ({Select}) y
        order by array_position(array['draft', 'coming', 'in_force', 'superseded'], y.state), y.partner_level nulls first, y.product_line nulls first, y.amount_from nulls first, y.effective_from desc
        limit 1000
        """, new { now }, ct);

    /// <summary>The version of that number.</summary>
    public Task<PolicyVersion?> FindAsync(string number, DateTime now, CancellationToken ct) =>
        db.FindAsync<PolicyVersion>($"{Select} where y.number = @number", new { number, now }, ct);

    /// <summary>The published version of the same case before a version's day: what it takes the place of.</summary>
    public Task<PolicyVersion?> BeforeAsync(PolicyVersion version, DateTime now, CancellationToken ct) => db.FindAsync<PolicyVersion>($"""
        {Select}
        join protection_policy v on v.protection_policy_id = @ProtectionPolicyId
        where y.status = 'published' and y.protection_policy_id <> v.protection_policy_id and y.effective_from <= v.effective_from
          and (y.partner_level, y.product_line_id, y.amount_from, y.amount_until) is not distinct from (v.partner_level, v.product_line_id, v.amount_from, v.amount_until)
        order by y.effective_from desc
        limit 1
        """, new { version.ProtectionPolicyId, now }, ct);

    /// <summary>The versions of the same case, the newest first.</summary>
    public Task<List<PolicyVersion>> OfCaseAsync(PolicyVersion version, DateTime now, CancellationToken ct) => db.ListAsync<PolicyVersion>($"""
        {Select}
        join protection_policy v on v.protection_policy_id = @ProtectionPolicyId
        where (y.partner_level, y.product_line_id, y.amount_from, y.amount_until) is not distinct from (v.partner_level, v.product_line_id, v.amount_from, v.amount_until)
        order by y.status = 'draft' desc, y.effective_from desc
        limit 100
        """, new { version.ProtectionPolicyId, now }, ct);

    /// <summary>The key of a product line; null where there is none of that code.</summary>
    public Task<long?> LineAsync(string code, CancellationToken ct) => db.FindAsync<long?>("select product_line_id from product_line where code = @code", new { code }, ct);

    /// <summary>Enters a draft.</summary>
    public Task InsertAsync(string number, PolicyFacts facts, long? lineId, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into protection_policy (number, status, effective_from, partner_level, product_line_id, amount_from, amount_until, lapses, protection_days, extension_days, extensions_at_most, reminder_days,
            recently_expired_days, screenings_per_day, stale_days, stale_warning_days, backdating_hours, capacity, capacity_months, capacity_decided, capacity_rates, capacity_factors,
            capacity_floor, capacity_ceiling, note, created_by, created_at)
        values (@number, 'draft', @EffectiveFrom, @PartnerLevel, @lineId, @AmountFrom, @AmountUntil, @Lapses, @ProtectionDays, @ExtensionDays, @ExtensionsAtMost, @ReminderDays,
            @RecentlyExpiredDays, @ScreeningsPerDay, @StaleDays, @StaleWarningDays, @BackdatingHours, @Capacity, @CapacityMonths, @CapacityDecided, @CapacityRates, @CapacityFactors,
            @CapacityFloor, @CapacityCeiling, @note, app_person_id(), @now)
        """, Values(number, facts, lineId, 0, now), ct);

    /// <summary>Changes a draft; null when it is not at that version any more, or published.</summary>
    public Task<int?> UpdateAsync(string number, int version, PolicyFacts facts, long? lineId, CancellationToken ct) => db.FindAsync<int?>("""
        update protection_policy
        set effective_from = @EffectiveFrom, partner_level = @PartnerLevel, product_line_id = @lineId, amount_from = @AmountFrom, amount_until = @AmountUntil, lapses = @Lapses,
            protection_days = @ProtectionDays, extension_days = @ExtensionDays, extensions_at_most = @ExtensionsAtMost, reminder_days = @ReminderDays, recently_expired_days = @RecentlyExpiredDays,
            screenings_per_day = @ScreeningsPerDay, stale_days = @StaleDays, stale_warning_days = @StaleWarningDays, backdating_hours = @BackdatingHours, capacity = @Capacity,
            capacity_months = @CapacityMonths, capacity_decided = @CapacityDecided, capacity_rates = @CapacityRates, capacity_factors = @CapacityFactors, capacity_floor = @CapacityFloor,
            capacity_ceiling = @CapacityCeiling, note = @note, version = version + 1
        where number = @number and version = @version and status = 'draft'
        returning version
        """, Values(number, facts, lineId, version, default), ct);

    /// <summary>Publishes a draft; null when it is not at that version any more, or published.</summary>
    public Task<int?> PublishAsync(string number, int version, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        update protection_policy
        set status = 'published', published_by = app_person_id(), published_at = @now, version = version + 1
        where number = @number and version = @version and status = 'draft'
        returning version
        """, new { number, version, now }, ct);

    /// <summary>Throws a draft away; null when it is not at that version any more, or published.</summary>
    public Task<int?> DeleteAsync(string number, int version, CancellationToken ct) =>
        db.FindAsync<int?>("delete from protection_policy where number = @number and version = @version and status = 'draft' returning version", new { number, version }, ct);

    static object Values(string number, PolicyFacts facts, long? lineId, int version, DateTime now) => new
    {
        number, version, now, lineId, facts.EffectiveFrom, facts.PartnerLevel, facts.AmountFrom, facts.AmountUntil, facts.Lapses, facts.ProtectionDays, facts.ExtensionDays, facts.ExtensionsAtMost,
        facts.ReminderDays, facts.RecentlyExpiredDays, facts.ScreeningsPerDay, facts.StaleDays, facts.StaleWarningDays, facts.BackdatingHours, facts.Capacity, facts.CapacityMonths, facts.CapacityDecided,
        facts.CapacityRates, facts.CapacityFactors, facts.CapacityFloor, facts.CapacityCeiling, note = DealTyped.Text(facts.Note),
    };
}

using Platform.Database;
using Portal.Demo;

namespace Portal.Deals;

/// <summary>The demo's protection policies: one for everybody, capacities by level, more time for large deals of the best, and a draft to try the replay on.</summary>
sealed class PoliciesDemo(Db db) : IDemoPart
{
    public int Order => 38;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.ExecuteAsync("""
        insert into protection_policy (number, status, effective_from, partner_level, amount_from, protection_days, extension_days, extensions_at_most, reminder_days, recently_expired_days, screenings_per_day,
            stale_days, stale_warning_days, capacity, capacity_rates, capacity_factors, capacity_floor, capacity_ceiling, note, created_by, created_at, published_by, published_at)
        select p.number, p.status, p.effective_from, p.level, p.amount_from, p.days, 30, p.extensions, 14, 30, 200, p.stale, 14, p.capacity, p.rates, p.factors, p.lowest, p.highest, p.note,
               w.person_id, @at, case when p.status = 'published' then w.person_id end, case when p.status = 'published' then @at end
        from (values
            (@all, 'published', @from, null, null::numeric, 90, 3, 60, 15, '{0,0.2,0.5}'::numeric[], '{0.7,1,1.5}'::numeric[], 8, 30, '通用规则 / The rules for all'),
            (@silver, 'published', @from, 'silver', null, 90, 3, 60, 25, '{0,0.2,0.5}', '{0.7,1,1.5}', 12, 50, null),
            (@gold, 'published', @from, 'gold', null, 100, 3, 60, 50, '{0,0.2,0.5}', '{0.8,1,1.5}', 25, 100, null),
            (@platinum, 'published', @from, 'platinum', null, 120, null, 75, 100, '{}', '{}', null, null, null),
            (@large, 'published', @from, 'platinum', 200000, 180, null, 90, null, '{}', '{}', null, null, '大单周期更长 / Large deals take longer'),
            (@draft, 'draft', @next, 'silver', null, 60, 1, 30, 15, '{0,0.3,0.6}', '{0.5,1,1.5}', 8, 40, '试行更短的保护期 / A shorter protection, to be replayed first')
        ) as p (number, status, effective_from, level, amount_from, days, extensions, stale, capacity, rates, factors, lowest, highest, note)
        cross join (select min(w.person_id) as person_id from person w join person_role r using (person_id) join partner b using (partner_id) where b.partner_type = 'brand' and r.role = 'brand_admin') w
        on conflict do nothing
        """, new
    {
        all = PublicNumber.From("PP", "demo all"), silver = PublicNumber.From("PP", "demo silver"), gold = PublicNumber.From("PP", "demo gold"), platinum = PublicNumber.From("PP", "demo platinum"),
        large = PublicNumber.From("PP", "demo large"), draft = PublicNumber.From("PP", "demo draft"), from = today.AddDays(-200), next = today.AddDays(30), at = today.AddDays(-201).ToDateTime(new TimeOnly(2, 0), DateTimeKind.Utc),
    }, ct);
}

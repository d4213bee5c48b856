using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>
/// Five quarters of three distributors, each with a target of 10 deals a quarter and a card that weighs nothing else; it is March 2026. The falling one is Gold and registers 2 a quarter, the rising one is Registered and registers 12,
/// the steady one is Silver and registers 6; under the steady one is a store. Of 2026-Q1 the falling one has 2 so far, the rising one 4, the steady one 3.
/// </summary>
public class ScoredChannel : PortalApp
{
    public TestPerson Manager { get; private set; } = null!;

    public TestPerson Falling { get; private set; } = null!;

    public TestPerson Rising { get; private set; } = null!;

    public TestPerson Steady { get; private set; } = null!;

    public TestPerson Store { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Manager = await Given.SomebodyOfTheBrand("brand_admin", "channel_manager");
        Falling = await Given.ADistributor("Falling");
        Rising = await Given.ADistributor("Rising");
        Steady = await Given.ADistributor("Steady");
        Store = await Given.AReseller("Corner", Steady.Partner);
        await Database.ExecuteAsync("""
            set search_path = portal, public;
            update partner set partner_level = 'gold' where partner_id = @falling;
            update partner set partner_level = 'silver' where partner_id = @steady;
            delete from partner_level_change;
            insert into kpi_definition (number, name, name_zh, status, created_at) values ('K-DEALS', 'Registered deals', '报备数', 'published', '2024-01-01Z'), ('K-BOUGHT', 'Purchases', '采购额', 'published', '2024-01-01Z');
            insert into kpi_version (kpi_definition_id, ordinal, status, valid, formula, unit, direction, period, created_at, created_by, published_at, published_by)
            select kpi_definition_id, 1, 'published', '(,)', case number when 'K-DEALS' then 'deals_registered' else 'purchases' end, case number when 'K-DEALS' then 'count' else 'money' end, 'up', 'quarter', '2024-01-01Z', 'U-TEST', '2024-01-01Z', 'U-TEST' from kpi_definition;
            insert into kpi_target (kpi_definition_id, partner_id, starts_on, period, value, set_at, set_by)
            select k.kpi_definition_id, p.partner_id, q::date, 'quarter', 10, '2025-01-01Z', 'U-TEST'
            from kpi_definition k, unnest(array[@falling, @rising, @steady]) as p (partner_id), generate_series('2025-01-01'::timestamp, '2026-01-01', interval '3 months') q where k.number = 'K-DEALS';
            insert into scorecard (number, name, name_zh, period, valid, created_at) values ('S-1', 'Card', '卡', 'quarter', '[2025-01-01,)', '2025-01-01Z');
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight) select scorecard_id, kpi_definition_id, 100 from scorecard, kpi_definition where kpi_definition.number = 'K-DEALS';
            insert into level_rules (number, period, window_periods, least_periods, silver_reach, silver_keep, gold_reach, gold_keep, platinum_reach, platinum_keep, valid, created_at, created_by)
            values ('LR-1', 'quarter', 4, 2, 50, 40, 80, 60, 110, 90, '[2025-01-01,)', '2025-01-01Z', 'U-TEST')
            """, new { falling = Falling.Partner.PartnerId, rising = Rising.Partner.PartnerId, steady = Steady.Partner.PartnerId });
        await InScopeAsync(Caller.System("test"), async services =>
        {
            var db = services.GetRequiredService<Db>();
            var facts = services.GetRequiredService<KpiFacts>();
            KpiFact Deals(TestPerson whose, DateOnly day, decimal count) => new(whose.Partner.PartnerId, Metric.DealsRegistered, null, day, count);
            var quarters = Enumerable.Range(0, 4).Select(quarter => new DateOnly(2025, (quarter * 3) + 2, 15)).ToList();
            await db.InTransactionAsync(() => facts.AddAsync(
                [
                    .. quarters.SelectMany(day => new[] { Deals(Falling, day, 2), Deals(Rising, day, 12), Deals(Steady, day, 6) }),
                    Deals(Falling, new(2026, 1, 20), 2), Deals(Rising, new(2026, 1, 20), 4), Deals(Steady, new(2026, 1, 20), 3),
                ], default), default);
            await db.OneAsync<long>("select kpi_fold()", null, default);
        });
    }

    /// <summary>The level a partner has now.</summary>
    public async Task<string> LevelOfAsync(TestPerson person) => (await Database.ListAsync<string>("select partner_level from portal.partner where partner_id = @PartnerId", new { person.Partner.PartnerId }))[0];
}

using Platform.Audit;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

public sealed class SettingTargets : IAsyncLifetime
{
    TestDatabase database = null!;
    Db brand = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.PortalAsync();
        await Channel.MakeAsync(database);
        brand = database.As(Channel.ChannelManager);
    }

    public async Task DisposeAsync()
    {
        await brand.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_partners_own_target_goes_before_its_levels()
    {
        var kpi = await DefineAsync("Sell-in per quarter", Metric.SellIn, "quarter");
        Assert.IsType<TargetsSet.Stored>(await SetAsync(new(kpi, null, "gold", "2026-Q1", 1000m, null), new(kpi, "P-HUAXIN", null, "2026-Q1", 4000m, "doubled its team")));
        await new KpiFacts(brand).AddAsync([new(Channel.Distributor, Metric.SellIn, Channel.Desks, new(2026, 2, 1), 3000m), new(Channel.Distributor, Metric.SellIn, Channel.Desks, new(2026, 4, 1), 9m)], default);
        await FoldAsync();

        var reached = await Attained(brand).ReachedAsync(Period.Parse("2026-Q1")!.Value, null, default);

        Assert.Equal([("Eurodist", 0m, 1000m, 0m), ("华信", 3000m, 4000m, 0.75m)], reached.Select(row => (row.PartnerName, row.Actual, row.Target!.Value, row.Attainment!.Value)));
    }

    [Fact]
    public async Task A_level_goes_before_a_territory_and_a_territory_is_for_its_own_partners_only()
    {
        await database.ExecuteAsync("""
            set search_path = portal, public;
            insert into territory (code, name, name_zh) values ('CN', 'China', '中国'), ('DE', 'Germany', '德国');
            update partner set territory_id = (select territory_id from territory t where t.code = partner.country_code) where partner_type <> 'brand'
            """);
        var kpi = await DefineAsync("Sell-in per half year", Metric.SellIn, "half");
        AskedTarget In(string territory, decimal value) => new(kpi, null, null, "2026-H1", value, null) { Territory = territory };
        Assert.IsType<TargetsSet.Stored>(await SetAsync(In("CN", 50m), In("DE", 60m), new(kpi, null, "silver", "2026-H1", 70m, null)));

        var reached = await Attained(brand).ReachedAsync(Period.Parse("2026-H1")!.Value, null, default);

        Assert.Equal([("Eurodist", 60m), ("华信", 50m), ("无锡门店", 70m)], reached.Select(row => (row.PartnerName, row.Target!.Value)).Order());
        await using var partner = database.As(Channel.OtherDistributorSales);
        Assert.Equal([60m, 70m], await partner.ListAsync<decimal>("select value from kpi_target order by value", null, default));
    }

    [Fact]
    public async Task A_retired_kpi_a_draft_and_a_ratio_of_thousands_are_refused()
    {
        var rate = await DefineAsync("Win rate", "win_rate", "quarter");
        var kpis = new KpiDefinitions(brand, TimeProvider.System);
        var act = new DefineKpi(brand, kpis, new BrandCalendar(brand, TimeProvider.System), new AuditTrail(brand, TimeProvider.System));
        var draft = Assert.IsType<KpiDefined.Stored>(await act.RunAsync(new("Draft", "草稿", Metric.SellIn, null, "up", "quarter") { Draft = true }, "U-CHANNEL", default)).Kpi;
        var retired = Assert.IsType<KpiDefined.Stored>(await act.RunAsync(new("Retired", "停用", Metric.SellIn, null, "up", "quarter"), "U-CHANNEL", default)).Kpi;
        Assert.IsType<KpiDefined.Stored>(await act.RetireAsync(retired.Number, retired.Version, default));

        var refused = Assert.IsType<TargetsSet.Refused>(await SetAsync(
            new(rate, "P-HUAXIN", null, "2026-Q1", 35m, null), new(draft.Number, "P-HUAXIN", null, "2026-Q1", 35m, null), new(retired.Number, "P-HUAXIN", null, "2026-Q1", 35m, null)));

        Assert.Equal([(0, "kpis.refused.value_of_ratio"), (1, "kpis.refused.draft_kpi"), (2, "kpis.refused.retired_kpi")], refused.Refusals.Select(refusal => (refusal.Row, refusal.TextKey)));
        await using var partner = database.As(Channel.DistributorSales);
        Assert.Equal(0L, await partner.OneAsync<long>("select count(*) from kpi_definition where status = 'draft'", null, default) + await partner.OneAsync<long>("select count(*) from kpi_version where status = 'draft'", null, default));
    }

    [Fact]
    public async Task A_changed_target_keeps_what_was_before_and_an_equal_one_changes_nothing()
    {
        var kpi = await DefineAsync("Sell-in per month", Metric.SellIn, "month");
        await SetAsync(new AskedTarget(kpi, "P-HUAXIN", null, "2026-03", 100m, null));

        var again = Assert.IsType<TargetsSet.Stored>(await SetAsync(new AskedTarget(kpi, "P-HUAXIN", null, "2026-03", 100m, null)));
        var changed = Assert.IsType<TargetsSet.Stored>(await SetAsync(new AskedTarget(kpi, "P-HUAXIN", null, "2026-03", 120m, null)));

        Assert.Empty(again.Changed);
        Assert.Equal(120m, Assert.Single(changed.Changed).Value);
        Assert.Equal([(100m, false), (120m, true)], await database.ListAsync<(decimal, bool)>("select value, superseded_at is null from portal.kpi_target order by kpi_target_id"));
    }

    [Fact]
    public async Task One_wrong_target_keeps_all_of_them_out_and_each_wrong_one_is_named()
    {
        var kpi = await DefineAsync("Deals per quarter", Metric.DealsRegistered, "quarter");

        var refused = Assert.IsType<TargetsSet.Refused>(await SetAsync(
            new(kpi, "P-HUAXIN", null, "2026-Q1", 5m, null),
            new(kpi, "P-NOBODY", null, "2026-Q1", 5m, null),
            new(kpi, "P-HUAXIN", null, "2026-03", 5m, null),
            new(kpi, "P-HUAXIN", "gold", "2026-Q2", 0m, null),
            new("K-NONE", null, "diamond", "soon", -1m, null),
            new(kpi, "P-HUAXIN", null, "2026-Q1", 6m, null)));

        Assert.Equal(
            [
                (1, "partner", "kpis.refused.unknown_partner"), (2, "period", "kpis.refused.other_period"), (3, "value", "kpis.refused.value"),
                (3, "partner", "kpis.refused.partner_or_level"), (4, "kpi", "kpis.refused.unknown_kpi"), (4, "period", "kpis.refused.period"),
                (4, "value", "kpis.refused.value"), (4, "partner", "kpis.refused.partner_or_level"), (5, "period", "kpis.refused.twice"),
            ],
            refused.Refusals.Select(refusal => (refusal.Row, refusal.Field, refusal.TextKey)));
        Assert.Equal([0L], await database.ListAsync<long>("select count(*) from portal.kpi_target"));
    }

    [Fact]
    public async Task A_removed_target_ends_and_its_levels_holds_again()
    {
        var kpi = await DefineAsync("Sell-in per quarter", Metric.SellIn, "quarter");
        await SetAsync(new(kpi, null, "gold", "2026-Q1", 1000m, null), new(kpi, "P-HUAXIN", null, "2026-Q1", 4000m, null));
        var taken = new AskedTarget(kpi, "P-HUAXIN", null, "2026-Q1", null, null) { Removed = true };

        var removed = Assert.IsType<TargetsSet.Stored>(await SetAsync(taken));
        var again = Assert.IsType<TargetsSet.Stored>(await SetAsync(taken));

        Assert.Null(Assert.Single(removed.Changed).Value);
        Assert.Empty(again.Changed);
        Assert.Equal([1000m, 1000m], (await Attained(brand).ReachedAsync(Period.Parse("2026-Q1")!.Value, null, default)).Select(row => row.Target!.Value));
        Assert.Equal([(1000m, false), (4000m, true)], await database.ListAsync<(decimal, bool)>("select value, superseded_at is not null from portal.kpi_target order by kpi_target_id"));
        Assert.Equal(["kpi.target-set", "kpi.target-set", "kpi.target-removed"], await database.ListAsync<string>("select action from portal.audit_entry where action like 'kpi.target%' order by audit_entry_id"));
    }

    [Fact]
    public async Task Twenty_at_once_leave_one_live_target()
    {
        var kpi = await DefineAsync("Sell-in per year", Metric.SellIn, "year");

        await Task.WhenAll(Enumerable.Range(1, 20).Select(async value =>
        {
            await using var db = database.As(Channel.ChannelManager);
            try
            {
                await Act(db).RunAsync([new(kpi, "P-HUAXIN", null, "2026", value, null)], "U-CHANNEL", default);
            }
            catch (Npgsql.PostgresException rival) when (rival.Violates("one_live_target_for_a_period"))
            {
            }
        }));

        Assert.Equal([1L], await database.ListAsync<long>("select count(*) from portal.kpi_target where superseded_at is null"));
    }

    [Fact]
    public async Task A_partner_reads_its_own_targets_and_sets_none()
    {
        var kpi = await DefineAsync("Sell-in per year", Metric.SellIn, "year");
        await SetAsync(new(kpi, "P-HUAXIN", null, "2026", 10m, null), new(kpi, "P-EURO", null, "2026", 20m, null));
        await using var partner = database.As(Channel.DistributorSales);

        Assert.Equal([10m], await partner.ListAsync<decimal>("select value from kpi_target", null, default));
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => new TargetStore(partner).SetTargetsAsync(
            [new(1, Channel.Distributor, null, Period.Parse("2027")!.Value, 1m, null)], "U-SALES", DateTime.UtcNow, default));
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task Weights_that_do_not_add_up_are_refused_by_the_database()
    {
        await DefineAsync("Sell-in per year", Metric.SellIn, "year");
        await using var db = database.As(Caller.System("test"));

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("""
            insert into scorecard (number, name, name_zh, period, valid, created_at) values ('S-1', 'Card', '卡', 'year', '[2026-01-01,)', '2026-01-01Z');
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight) select scorecard_id, kpi_definition_id, 90 from scorecard, kpi_definition
            """, null, default));

        Assert.Equal("the_weights_add_up", refused.ConstraintName);
    }

    async Task<string> DefineAsync(string name, string metric, string period)
    {
        var kpis = new KpiDefinitions(brand, TimeProvider.System);
        var defined = await new DefineKpi(brand, kpis, new BrandCalendar(brand, TimeProvider.System), new AuditTrail(brand, TimeProvider.System)).RunAsync(new(name, name, metric, null, "up", period), "U-CHANNEL", default);
        return Assert.IsType<KpiDefined.Stored>(defined).Kpi.Number;
    }

    Task<TargetsSet> SetAsync(params AskedTarget[] targets) => Act(brand).RunAsync(targets, "U-CHANNEL", default);

    static Attainments Attained(Db db) => new(db, new KpiDefinitions(db, TimeProvider.System), new BrandCalendar(db, TimeProvider.System));

    static SetTargets Act(Db db) => new(db, new KpiDefinitions(db, TimeProvider.System), new TargetStore(db), new PartnerNames(db), new AuditTrail(db, TimeProvider.System), TimeProvider.System);

    async Task FoldAsync()
    {
        await using var db = database.As(Caller.System("test"));
        await db.ExecuteAsync("select kpi_fold()", null, default);
    }
}

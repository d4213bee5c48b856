using Platform.Audit;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>What a KPI measures stands in versions, and each period is scored by the one that held then.</summary>
public sealed class DefiningKpis : IAsyncLifetime
{
    readonly TestClock clock = new();
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
    public async Task A_period_is_scored_by_the_version_that_held_then()
    {
        var kpi = await DefineAsync("Sales", "sell_in", "quarter");
        await FactsAsync(new(Channel.Distributor, Metric.SellIn, Channel.Desks, new(2026, 2, 1), 100m), new(Channel.Distributor, Metric.SellThrough, Channel.Desks, new(2026, 2, 1), 7m),
            new(Channel.Distributor, Metric.SellIn, Channel.Desks, Next.Start, 200m), new(Channel.Distributor, Metric.SellThrough, Channel.Plans, Next.Start, 50m));

        var revised = await ReviseAsync(kpi, new("sell_in + 2 * sell_through", "up", "quarter") { From = Next.ToString(), Note = "what is sold on counts double" });

        Assert.IsType<KpiDefined.Stored>(revised);
        Assert.Equal([100m], await ReachedAsync("2026-Q1", Channel.Distributor));
        Assert.Equal([300m], await ReachedAsync(Next.ToString(), Channel.Distributor));
        var versions = await Kpis.VersionsAsync(kpi.Number, default);
        Assert.Equal(new (int, DateOnly?, DateOnly?)[] { (2, Next.Start, null), (1, null, Next.Start) }, versions.Select(version => (version.Ordinal, version.ValidFrom, version.ValidUntil)));
        Assert.Equal([("formula", "sell_in", "sell_in + 2 * sell_through")], VersionChanges.Between(versions[1], versions[0]).Select(change => (change.Field, change.From!, change.To!)));
        Assert.Equal(["kpi.defined", "kpi.version-published"], await database.ListAsync<string>("select action from portal.audit_entry order by audit_entry_id"));
    }

    [Fact]
    public async Task What_is_over_keeps_its_version_and_a_running_period_is_not_cut()
    {
        var kpi = await DefineAsync("Sales", "sell_in", "quarter");

        Assert.Equal("kpis.refused.from", Refusal(await ReviseAsync(kpi, new("sell_through", "up", "quarter"))));
        Assert.Equal("kpis.refused.from_past", Refusal(await ReviseAsync(kpi, new("sell_through", "up", "quarter") { From = "2020-Q1" })));
        Assert.Equal("kpis.refused.from_cuts", Refusal(await ReviseAsync(kpi, new("sell_through", "up", "month") { From = Period.Of(PeriodKind.Month, Next.Start.AddMonths(1)).ToString() })));
        Assert.Equal("kpis.refused.other_unit", Refusal(await ReviseAsync(kpi, new("deals_won", "up", "quarter") { From = Next.ToString() })));
        Assert.IsType<KpiDefined.Stored>(await ReviseAsync(kpi, new("sell_through", "up", "month") { From = Period.Of(PeriodKind.Month, Next.Start).ToString() }));
    }

    [Fact]
    public async Task A_version_planned_for_later_is_replaced_by_one_that_begins_before_it()
    {
        var kpi = await DefineAsync("Sales", "sell_in", "quarter");
        var planned = Assert.IsType<KpiDefined.Stored>(await ReviseAsync(kpi, new("sell_in + 1", "up", "quarter") { From = Next.Following.ToString() })).Kpi;

        await ReviseAsync(planned, new("sell_in + 2", "up", "quarter") { From = Next.ToString() });

        Assert.Equal([("sell_in + 2", "published"), ("sell_in + 1", "replaced"), ("sell_in", "published")], (await Kpis.VersionsAsync(kpi.Number, default)).Select(version => (version.Formula, version.Status)));
    }

    [Fact]
    public async Task The_database_lets_one_version_hold_at_a_time()
    {
        await DefineAsync("Sales", "sell_in", "quarter");

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync("""
            insert into portal.kpi_version (kpi_definition_id, ordinal, status, valid, formula, unit, direction, period, created_at, created_by, published_at, published_by)
            select kpi_definition_id, 9, 'published', '[2026-01-01,)', 'sell_in', 'money', 'up', 'quarter', '2026-01-01Z', 'U', '2026-01-01Z', 'U' from portal.kpi_definition
            """));

        Assert.Equal(KpiDefinitions.OneVersionAtATime, refused.ConstraintName);
    }

    [Fact]
    public async Task Two_that_begin_to_name_each_other_at_once_do_not_make_a_circle()
    {
        var one = await DefineAsync("One", "sell_in", "quarter");
        var other = await DefineAsync("Other", "sell_in", "quarter");

        var outcomes = await Task.WhenAll(new[] { (one, other), (other, one) }.Select(async pair =>
        {
            await using var db = database.As(Channel.ChannelManager);
            return await Act(db).ReviseAsync(pair.Item1.Number, pair.Item1.Version, new($"{pair.Item2.Number} + sell_in", "up", "quarter") { From = Next.ToString() }, true, "U-CHANNEL", default);
        }));

        Assert.Single(outcomes.OfType<KpiDefined.Stored>());
        var refused = Assert.Single(outcomes.OfType<KpiDefined.Refused>());
        Assert.Contains(refused.Problem?.TextKey ?? refused.TextKey, new[] { "kpis.formula.circle", "kpis.refused.breaks" });
    }

    [Fact]
    public async Task A_kpi_that_others_are_made_of_is_neither_retired_nor_named_by_itself()
    {
        var part = await DefineAsync("Part", "sell_in", "quarter");
        var whole = await DefineAsync("Whole", $"{part.Number} / sell_in_units", "quarter");

        Assert.Equal("money/pieces", whole.Unit);
        Assert.Equal("kpis.refused.named_by", Refusal(await Act(brand).RetireAsync(part.Number, part.Version, default)));
        Assert.Equal("kpis.formula.itself", Problem(await ReviseAsync(part, new($"{part.Number} * 2", "up", "quarter") { From = Next.ToString() })));
        Assert.Equal("kpis.formula.circle", Problem(await ReviseAsync(part, new($"{whole.Number} * sell_in_units", "up", "quarter") { From = Next.ToString() })));
    }

    [Fact]
    public async Task Two_who_change_one_kpi_at_once_do_not_overwrite_each_other()
    {
        var kpi = await DefineAsync("Sales", "sell_in", "quarter");
        Assert.IsType<KpiDefined.Stored>(await ReviseAsync(kpi, new("sell_in + 1", "up", "quarter") { From = Next.ToString() }));

        Assert.IsType<KpiDefined.ChangedMeanwhile>(await ReviseAsync(kpi, new("sell_in + 2", "up", "quarter") { From = Next.ToString() }));
    }

    [Fact]
    public async Task Filters_narrow_what_counts_and_whom_it_is_about()
    {
        await DefineAsync("Desks of distributors", "sell_in", "quarter", wanted => wanted with { ProductLines = ["DESKS"], PartnerTypes = ["distributor"] });
        await FactsAsync(new(Channel.Distributor, Metric.SellIn, Channel.Desks, new(2026, 2, 1), 100m), new(Channel.Distributor, Metric.SellIn, Channel.Plans, new(2026, 2, 1), 900m),
            new(Channel.Store, Metric.SellIn, Channel.Desks, new(2026, 2, 1), 5m));

        Assert.Equal([("华信", 100m)], (await Attained.ReachedAsync(Period.Parse("2026-Q1")!.Value, null, default)).Select(row => (row.PartnerName, row.Actual!.Value)));
        Assert.Equal("kpis.refused.metric_without_lines", Refusal(await Act(brand).RunAsync(new("Deals", "商机", "deals_won", "DESKS", "up", "quarter"), "U-CHANNEL", default)));
    }

    [Fact]
    public async Task A_quotient_by_zero_is_no_figure_and_no_error()
    {
        await DefineAsync("Win rate", "win_rate", "rolling3");
        await FactsAsync(new(Channel.Distributor, Metric.DealsWon, null, new(2026, 2, 1), 1m), new(Channel.Distributor, Metric.DealsLost, null, new(2026, 3, 1), 3m), new(Channel.OtherDistributor, Metric.DealsWon, null, new(2026, 2, 1), 1m),
            new(Channel.OtherDistributor, Metric.DealsWon, null, new(2026, 2, 2), -1m));

        Assert.Equal([("Eurodist", (decimal?)null), ("华信", 0.25m)], (await Attained.ReachedAsync(Period.Parse("2026-04-R3")!.Value, null, default)).Select(row => (row.PartnerName, row.Actual)));
        Assert.Equal([0.25m], await ReachedAsync("2026-03-R3", Channel.Distributor));
        Assert.Equal([0m], await ReachedAsync("2026-05-R3", Channel.Distributor));
    }

    [Fact]
    public async Task A_level_is_that_of_the_periods_last_day_and_of_today_while_it_runs()
    {
        await DefineAsync("Overdue", "receivables_overdue", "month", wanted => wanted with { Direction = "down" });
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var month = Period.Of(PeriodKind.Month, today);
        // Overdue since long ago, an invoice that will be due next week, and what was paid today.
        await FactsAsync(new(Channel.Distributor, Metric.ReceivablesOverdue, null, month.Start.AddDays(-70), 100m), new(Channel.Distributor, Metric.ReceivablesOverdue, null, today.AddDays(7), 900m),
            new(Channel.Distributor, Metric.ReceivablesOverdue, null, today, -30m));

        Assert.Equal([100m], await ReachedAsync(month.Previous.ToString(), Channel.Distributor));
        Assert.Equal([70m], await ReachedAsync(month.ToString(), Channel.Distributor));
    }

    [Fact]
    public async Task All_kpis_of_a_kind_are_read_in_one_statement_and_the_channels_sum_with_them()
    {
        foreach (var index in Enumerable.Range(0, 12))
        {
            await DefineAsync($"Kpi {index}", index % 2 == 0 ? $"sell_in * {index + 1}" : $"or(sell_in / sell_in_units, {index})", "month");
        }

        await FactsAsync(new(Channel.Distributor, Metric.SellIn, Channel.Desks, new(2026, 2, 1), 10m), new(Channel.OtherDistributor, Metric.SellIn, Channel.Desks, new(2026, 2, 1), 5m));
        var measured = await Attained.MeasuredAsync(Period.Parse("2026-02")!.Value, default);

        Assert.Equal(12, measured.Kpis.Count);
        Assert.Equal(24, (await brand.ListAsync<Reached>(measured.ByPartner(false), measured.Arguments(null), default)).Count);
        Assert.Empty(await brand.ListAsync<Reached>(measured.InSum, measured.Arguments(null), default));
        Assert.Empty(await brand.ListAsync<Reached>(Measured.Nothing, null, default));
        // Nothing is measured by the year.
        var year = await Attained.MeasuredAsync(Period.Parse("2026")!.Value, default);
        Assert.Empty(await brand.ListAsync<Reached>(year.ByPartner(onePartner: true), year.Arguments(Channel.Distributor), default));
        Assert.Empty(await brand.ListAsync<Reached>(year.InSum, year.Arguments(null), default));
    }

    Period Next => Period.Of(PeriodKind.Quarter, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)).Following;

    KpiDefinitions Kpis => new(brand, clock);

    Attainments Attained => new(brand, Kpis, new BrandCalendar(brand, clock));

    DefineKpi Act(Db db) => new(db, new KpiDefinitions(db, clock), new BrandCalendar(db, clock), new AuditTrail(db, clock));

    async Task<KpiDefinition> DefineAsync(string name, string formula, string period, Func<NewKpi, NewKpi>? narrowed = null)
    {
        var kpi = new NewKpi(name, name, null, null, "up", period) { Formula = formula };
        var defined = await Act(brand).RunAsync(narrowed?.Invoke(kpi) ?? kpi, "U-CHANNEL", default);
        return Assert.IsType<KpiDefined.Stored>(defined).Kpi;
    }

    Task<KpiDefined> ReviseAsync(KpiDefinition kpi, WantedVersion wanted) => Act(brand).ReviseAsync(kpi.Number, kpi.Version, wanted, true, "U-CHANNEL", default);

    static string Refusal(KpiDefined outcome) => Assert.IsType<KpiDefined.Refused>(outcome).TextKey;

    static string? Problem(KpiDefined outcome) => Assert.IsType<KpiDefined.Refused>(outcome).Problem?.TextKey;

    async Task<IEnumerable<decimal?>> ReachedAsync(string period, long partner) => (await Attained.ReachedAsync(Period.Parse(period)!.Value, partner, default)).Select(row => row.Actual);

    async Task FactsAsync(params KpiFact[] facts)
    {
        await new KpiFacts(brand).AddAsync(facts, default);
        await using var db = database.As(Caller.System("test"));
        await db.ExecuteAsync("select kpi_fold()", null, default);
    }
}

using Platform.Database;
using Portal.Kpis;
using Portal.Kpis.Metrics;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>Deals and stock written as their features write them, statement by statement: levels, late entries, rivals, and the recomputation of all of it.</summary>
public sealed class KeepingLevels : IAsyncLifetime
{
    TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.PortalAsync();
        await Channel.MakeAsync(database);
        await database.ExecuteAsync("""
            set search_path = portal, public;
            insert into product (sku, name, product_line_id, created_at) values ('D-1', 'Desk', 1, now()), ('P-1', 'Plan', 2, now());
            insert into territory (code, name, name_zh) values ('EAST', 'East', '东');
            insert into customer_cluster (created_at) values (now());
            insert into end_customer (number, partner_id, customer_cluster_id, name, country_code, created_at, updated_at) values ('C-STORE', 3, 1, 'Its customer', 'CN', now(), now());
            insert into exchange_rate (currency, valid_from, rate, entered_at) values ('EUR', '2026-01-01', 8, now()), ('EUR', '2026-03-10', 9, now());
            """);
    }

    public async Task DisposeAsync()
    {
        Assert.Equal([], await Facts.FindingsAsync(database));
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_level_is_known_for_every_day_of_a_partner_of_its_branch_and_of_the_whole_channel()
    {
        await DealAsync("D-A", Channel.Store, "2026-01-20", 100m, "CNY");
        await DealAsync("D-B", Channel.Distributor, "2026-02-10", 40m, "CNY");
        await DealAsync("D-C", Channel.OtherDistributor, "2026-03-05", 10m, "EUR");
        await EndAsync("D-A", "lost", "2026-03-02");
        await EndAsync("D-C", "won", "2026-03-20");
        await Facts.FoldAsync(database);

        foreach (var (day, store, branch, channel) in new[]
                 {
                     ("2026-01-19", 0m, 0m, 0m), ("2026-01-20", 100m, 100m, 100m), ("2026-01-31", 100m, 100m, 100m), ("2026-02-10", 100m, 140m, 140m), ("2026-03-01", 100m, 140m, 140m),
                     // what is paid in euros was put on at the rate of its day, and is taken off at that
                     ("2026-03-05", 0m, 40m, 120m), ("2026-03-20", 0m, 40m, 40m), ("2027-12-31", 0m, 40m, 40m),
                 })
        {
            Assert.Equal((day, store, branch, channel), (day, await OwnAsync(Channel.Store, day), await BranchAsync(Channel.Distributor, day), await BranchAsync(Channel.Brand, day)));
        }

        await using var db = database.As(Caller.System("test"));
        Assert.Equal([100m, 140m, 40m], (await new KpiLevels(db).MonthEndsAsync(Channel.Brand, [Metric.Pipeline], new(2026, 1, 1), new(2026, 4, 1), default)).Select(month => month.Value));
    }

    [Fact]
    public async Task A_partner_that_moves_takes_its_levels_along_and_nobody_else_sees_them()
    {
        await DealAsync("D-A", Channel.Store, "2026-01-20", 100m, "CNY");
        await Facts.FoldAsync(database);
        await DealAsync("D-B", Channel.Store, "2026-02-20", 7m, "CNY");
        Assert.Equal(0m, await SeenAsync(Channel.OtherDistributorSales));

        await database.ExecuteAsync("set search_path = portal, public; update partner set upstream_id = @OtherDistributor where partner_id = @Store", new { Channel.OtherDistributor, Channel.Store });

        Assert.Equal((0m, 107m, 107m), (await BranchAsync(Channel.Distributor, "2026-03-01"), await BranchAsync(Channel.OtherDistributor, "2026-03-01"), await BranchAsync(Channel.Brand, "2026-03-01")));
        Assert.Equal((0m, 107m, 107m), (await SeenAsync(Channel.DistributorSales), await SeenAsync(Channel.OtherDistributorSales), await SeenAsync(Channel.ChannelManager)));
        Assert.Equal(0m, await SeenAsync(Caller.Nobody));
    }

    [Fact]
    public async Task A_customer_is_new_once_though_eight_deals_are_won_with_it_at_once_and_an_earlier_win_moves_the_day()
    {
        for (var deal = 0; deal < 8; deal++)
        {
            await DealAsync($"D-{deal}", Channel.Store, "2026-02-01", 1m, "CNY");
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(deal => EndAsync($"D-{deal}", "won", "2026-03-10")));
        Assert.Equal(["2026-03-10 1"], await Facts.OfAsync(database, "P-STORE", Metric.NewCustomers));
        Assert.Equal(["2026-03-10 8"], await Facts.OfAsync(database, "P-STORE", Metric.DealConversions));

        // entered late
        await DealAsync("D-LATE", Channel.Store, "2026-02-01", 1m, "CNY");
        await EndAsync("D-LATE", "won", "2026-03-03");

        Assert.Equal(["2026-03-03 1"], await Facts.OfAsync(database, "P-STORE", Metric.NewCustomers));
    }

    [Fact]
    public async Task What_is_sold_and_reported_late_changes_its_own_day_and_the_gap_of_the_report_it_belongs_to()
    {
        await MoveAsync("supply", 10, "2026-03-01");
        await MoveAsync("sale", 3, "2026-03-03");
        await ReportAsync("SR-1", "2026-03-01", 10);
        await ReportAsync("SR-2", "2026-03-10", 5);
        Assert.Equal(["2026-03-10 2"], await Facts.OfAsync(database, "P-STORE", Metric.SellOutUnitsUnreported));

        await MoveAsync("sale", 1, "2026-03-04");
        Assert.Equal(["2026-03-03 3", "2026-03-04 1"], await Facts.OfAsync(database, "P-STORE", Metric.SellOutUnits));
        Assert.Equal(["2026-03-10 1"], await Facts.OfAsync(database, "P-STORE", Metric.SellOutUnitsUnreported));

        await ReportAsync("SR-3", "2026-03-05", 5);
        Assert.Equal(["2026-03-05 1"], await Facts.OfAsync(database, "P-STORE", Metric.SellOutUnitsUnreported));

        // another report of the same day takes the place of the first
        await ReportAsync("SR-4", "2026-03-10", 4);
        Assert.Equal(["2026-03-05 1", "2026-03-10 1"], await Facts.OfAsync(database, "P-STORE", Metric.SellOutUnitsUnreported));
        Assert.Equal(["2026-03-01 10", "2026-03-05 -5", "2026-03-10 -1"], await Facts.OfAsync(database, "P-STORE", Metric.StockReported));
        Assert.Equal(["2026-03-01 10", "2026-03-03 -3", "2026-03-04 -1"], await Facts.OfAsync(database, "P-STORE", Metric.StockOnHand));
    }

    [Fact]
    public async Task Moves_and_reports_at_once_are_each_counted_once()
    {
        await MoveAsync("supply", 100, "2026-03-01");
        await ReportAsync("SR-0", "2026-03-01", 100);
        await ReportAsync("SR-9", "2026-03-20", 50);

        await Task.WhenAll(Enumerable.Range(1, 8).Select(one => one % 2 == 0 ? MoveAsync("sale", 1, $"2026-03-{one + 1:D2}") : ReportAsync($"SR-{one}", $"2026-03-{one + 5:D2}", 100 - one)));

        Assert.Equal(50m, (await Facts.OfAsync(database, "P-STORE", Metric.SellOutUnits)).Concat(await Facts.OfAsync(database, "P-STORE", Metric.SellOutUnitsUnreported))
            .Sum(fact => decimal.Parse(fact.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Rates_and_days_of_stock_have_no_value_where_there_is_no_base()
    {
        await MoveAsync("supply", 10, "2026-03-01");
        await Facts.FoldAsync(database);
        await using var db = database.As(Channel.ChannelManager);
        var figures = new DerivedFigures(db, new(db));
        var before = await figures.OwnAsync(Channel.Store, new(2026, 3, 1), new(2026, 4, 1), new(2026, 4, 1), default);
        Assert.Equal(new Derived(), before);

        await MoveAsync("sale", 3, "2026-03-03");
        await DealAsync("D-A", Channel.Store, "2026-02-01", 100m, "CNY");
        await EndAsync("D-A", "won", "2026-03-03");
        await DealAsync("D-B", Channel.Store, "2026-02-01", 100m, "CNY");
        await EndAsync("D-B", "expired", "2026-03-03");
        await Facts.FoldAsync(database);

        var own = await figures.OwnAsync(Channel.Store, new(2026, 3, 1), new(2026, 4, 1), new(2026, 4, 1), default);
        Assert.Equal((210m, 30m, 0.5m, 30m), (own.StockDays, own.WeeksOfSupply, own.WinRate, own.ConversionDays));
        Assert.Equal((null, null, null, null), (own.FillRate, own.OnTimeReceipt, own.OverdueShare, own.ReportedStockDays));
        Assert.Equal(own, await figures.BranchAsync(Channel.Distributor, new(2026, 3, 1), new(2026, 4, 1), new(2026, 4, 1), default));
        // a span that begins and ends within months
        Assert.Equal(2m, (await figures.SumsAsync(Channel.Store, false, [Metric.DealsApproved], new(2026, 1, 15), new(2026, 3, 2), default))[Metric.DealsApproved]);
        Assert.Empty(await figures.SumsAsync(Channel.Store, false, [Metric.DealsApproved], new(2026, 2, 2), new(2026, 2, 20), default));
    }

    [Fact]
    public async Task A_recomputation_mends_whatever_is_wrong_while_others_go_on_working()
    {
        for (var deal = 0; deal < 40; deal++)
        {
            await DealAsync($"D-{deal}", Channel.Store, $"2026-0{1 + (deal % 3)}-15", 100m, "CNY");
        }

        await MoveAsync("supply", 100, "2026-01-05");
        await Facts.FoldAsync(database);
        await database.ExecuteAsync("""
            set search_path = portal, public;
            update kpi_daily set value = value + 1 where metric = 'pipeline';
            delete from kpi_daily where metric = 'stock_on_hand';
            update kpi_branch_month set value = 3, own = 4;
            update kpi_level set own = 99, branch = 98;
            update kpi_counted set value = value + 1;
            insert into kpi_daily (partner_id, metric, product_line_id, day, value) values (2, 'sell_in', 1, '2025-07-01', 5);
            insert into kpi_branch_month (partner_id, metric, product_line_id, month, value) values (1, 'sell_in', 1, '2024-07-01', 5);
            """);
        Assert.NotEmpty(await Facts.FindingsAsync(database));

        await Task.WhenAll(
            Facts.RecomputeAsync(database),
            Task.Run(async () =>
            {
                for (var deal = 0; deal < 20; deal++)
                {
                    await EndAsync($"D-{deal}", "won", "2026-03-20");
                    await MoveAsync("sale", 1, "2026-03-20");
                }
            }),
            Task.Run(async () =>
            {
                for (var round = 0; round < 20; round++)
                {
                    await Facts.FoldAsync(database);
                }
            }));

        Assert.Equal([], await Facts.FindingsAsync(database));
        await Facts.FoldAsync(database);
        Assert.Equal(2000m, await OwnAsync(Channel.Store, "2026-03-20"));
    }

    [Fact]
    public async Task The_catalogue_and_the_database_know_the_same_levels()
    {
        var metrics = MetricCatalog.Base.Select(metric => metric.Name).ToArray();
        Assert.Equal(MetricCatalog.Balances.Order(StringComparer.Ordinal), await database.ListAsync<string>("select metric from unnest(@metrics) as metric where portal.kpi_is_level(metric) order by metric collate \"C\"", new { metrics }));
    }

    [Fact]
    public async Task Only_the_product_recomputes()
    {
        foreach (var caller in new[] { Channel.ChannelManager, Channel.DistributorSales })
        {
            await using var db = database.As(caller);
            foreach (var statement in new[] { "select kpi_recompute_part('deals', '2026-01-01', '2026-02-01')", "select kpi_recompute_levels()", "select kpi_look_again_at_deal(array[1::bigint])", "delete from kpi_counted" })
            {
                Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync(statement, null, default))).SqlState);
            }
        }
    }

    Task DealAsync(string number, long partner, string approved, decimal amount, string currency) => database.ExecuteAsync("""
        set search_path = portal, public;
        with entered as (
            insert into deal (number, partner_id, end_customer_id, territory_id, status, amount, currency, expected_close, submitted_at, protected_from, protected_until, created_at, updated_at)
            values (@number, @partner, 1, 1, 'approved', @amount, @currency, '2026-12-31', @at, @at, @at + interval '90 days', @at, @at) returning deal_id, partner_id)
        insert into deal_act (deal_id, partner_id, act, from_status, to_status, by_brand, happened_at)
        select deal_id, partner_id, 'approve', 'submitted', 'approved', true, @at from entered;
        select kpi_add(array[@partner], array['deals_approved'], array[null::bigint], array[brand_day(@at)], array[1.0])
        """, new { number, partner, amount, currency, at = At(approved) });

    Task EndAsync(string number, string status, string day) => database.ExecuteAsync("""
        set search_path = portal, public;
        with ended as (update deal set status = @status where number = @number returning deal_id, partner_id)
        insert into deal_act (deal_id, partner_id, act, from_status, to_status, reason, by_brand, happened_at)
        select deal_id, partner_id, case @status when 'won' then 'win' when 'lost' then 'lose' else 'expire' end, 'approved', @status, 'so it is', false, @at from ended;
        select kpi_add(array[partner_id], array['deals_' || status], array[null::bigint], array[brand_day(@at)], array[1.0]) from deal where number = @number and status in ('won', 'lost')
        """, new { number, status, at = At(day) });

    Task MoveAsync(string kind, long quantity, string day) => database.ExecuteAsync("""
        begin;
        set local search_path = portal, public;
        select enter_as_system('test');
        select stock_record(@kind, stock_place_of(@Store), array[1::bigint], array[@quantity], @at, now(), null);
        commit
        """, new { kind, Channel.Store, quantity, at = At(day) });

    Task ReportAsync(string number, string day, int quantity) => database.ExecuteAsync("""
        set search_path = portal, public;
        with made as (insert into stock_report (number, partner_id, as_of, source, reported_at) values (@number, @Store, @day, 'api', now()) returning stock_report_id, partner_id, as_of)
        insert into stock_report_line (stock_report_id, product_id, partner_id, as_of, quantity) select stock_report_id, 1, partner_id, as_of, @quantity from made
        """, new { number, Channel.Store, day = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), quantity });

    async Task<decimal> OwnAsync(long partner, string day)
    {
        await using var db = database.As(Caller.System("test"));
        return (await new KpiLevels(db).OwnAsync([Metric.Pipeline], DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), partner, default)).Sum(level => level.Value);
    }

    async Task<decimal> BranchAsync(long partner, string day)
    {
        await using var db = database.As(Caller.System("test"));
        return (await new KpiLevels(db).BranchAsync(partner, [Metric.Pipeline], DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), default)).Sum(level => level.Value);
    }

    async Task<decimal> SeenAsync(Caller caller)
    {
        await using var db = database.As(caller);
        return (await new KpiLevels(db).OwnAsync([Metric.Pipeline], new(2026, 3, 1), null, default)).Sum(level => level.Value);
    }

    static DateTime At(string day) => DateTime.SpecifyKind(DateTime.Parse(day + " 04:00", System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);
}

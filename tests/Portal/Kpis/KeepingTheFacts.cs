using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

public sealed class KeepingTheFacts : IAsyncLifetime
{
    TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.PortalAsync();
        await Channel.MakeAsync(database);
    }

    public Task DisposeAsync() => database.DisposeAsync().AsTask();

    [Fact]
    public async Task Shares_of_a_day_add_up_and_count_for_every_partner_above()
    {
        await AddAsync(new(Channel.Store, Metric.SellIn, Channel.Desks, new(2026, 3, 30), 100m), new(Channel.Store, Metric.SellIn, Channel.Desks, new(2026, 3, 30), 20.5m));
        await AddAsync(new KpiFact(Channel.Store, Metric.SellIn, Channel.Desks, new(2026, 3, 31), -20.5m));

        await FoldAsync();

        Assert.Equal([(Channel.Store, new DateOnly(2026, 3, 30), 120.5m), (Channel.Store, new DateOnly(2026, 3, 31), -20.5m)],
            await database.ListAsync<(long, DateOnly, decimal)>("select partner_id, day, value from portal.kpi_daily order by day"));
        Assert.Equal([(Channel.Brand, 100m), (Channel.Distributor, 100m), (Channel.Store, 100m)],
            await database.ListAsync<(long, decimal)>("select partner_id, value from portal.kpi_branch_month order by partner_id"));
        Assert.Equal([0L], await database.ListAsync<long>("select count(*) from portal.kpi_delta"));
    }

    [Fact]
    public async Task Facts_without_a_product_line_add_up_too()
    {
        await AddAsync(new KpiFact(Channel.Store, Metric.DealsRegistered, null, new(2026, 3, 30), 1));
        await FoldAsync();
        await AddAsync(new KpiFact(Channel.Store, Metric.DealsRegistered, null, new(2026, 3, 30), 1));
        await FoldAsync();

        Assert.Equal([2m], await database.ListAsync<decimal>("select value from portal.kpi_daily"));
    }

    [Fact]
    public async Task Nothing_is_lost_or_counted_twice_when_many_add_while_many_fold()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var i = 0; i < 10; i++)
            {
                await AddAsync(new KpiFact(worker % 2 == 0 ? Channel.Store : Channel.Distributor, Metric.Purchases, Channel.Desks, new(2026, 3, 1 + i), 1));
                await FoldAsync();
            }
        }));
        await FoldAsync();

        Assert.Equal([80m], await database.ListAsync<decimal>("select sum(value) from portal.kpi_daily"));
        Assert.Equal([80m], await database.ListAsync<decimal>("select value from portal.kpi_branch_month where partner_id = @Brand", new { Channel.Brand }));
    }

    [Fact]
    public async Task A_partner_that_moves_takes_its_months_along_once_even_those_not_folded_yet()
    {
        await AddAsync(new KpiFact(Channel.Store, Metric.SellIn, Channel.Desks, new(2026, 3, 30), 100m));
        await FoldAsync();
        await AddAsync(new KpiFact(Channel.Store, Metric.SellIn, Channel.Desks, new(2026, 4, 1), 7m));

        await database.ExecuteAsync("set search_path = portal, public; update partner set upstream_id = @OtherDistributor where partner_id = @Store", new { Channel.OtherDistributor, Channel.Store });

        Assert.Equal([(Channel.Brand, 107m), (Channel.Distributor, 0m), (Channel.Store, 107m), (Channel.OtherDistributor, 107m)],
            await database.ListAsync<(long, decimal)>("select partner_id, sum(value) from portal.kpi_branch_month group by partner_id order by partner_id"));
    }

    [Fact]
    public async Task A_partner_sees_its_own_branch_and_no_other()
    {
        await AddAsync(
            new(Channel.Store, Metric.SellIn, Channel.Desks, new(2026, 3, 30), 1m),
            new(Channel.Distributor, Metric.SellIn, Channel.Desks, new(2026, 3, 30), 2m),
            new(Channel.OtherDistributor, Metric.SellIn, Channel.Desks, new(2026, 3, 30), 4m));
        await FoldAsync();

        Assert.Equal(3m, await SeenAsync(Channel.DistributorSales));
        Assert.Equal(4m, await SeenAsync(Channel.OtherDistributorSales));
        Assert.Equal(7m, await SeenAsync(Channel.ChannelManager));
        Assert.Equal(0m, await SeenAsync(Caller.Nobody));
    }

    [Fact]
    public async Task A_partner_cannot_write_a_figure()
    {
        await using var db = database.As(Channel.DistributorSales);

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync(
            "insert into kpi_daily (partner_id, metric, day, value) values (@Distributor, 'sell_in', '2026-01-01', 1)", new { Channel.Distributor }, default));

        Assert.Equal("42501", refused.SqlState);
    }

    async Task AddAsync(params KpiFact[] facts)
    {
        await using var db = database.As(Channel.DistributorSales);
        await new KpiFacts(db).AddAsync(facts, default);
    }

    async Task FoldAsync()
    {
        await using var db = database.As(Caller.System("test"));
        await db.ExecuteAsync("select kpi_fold()", null, default);
    }

    async Task<decimal> SeenAsync(Caller caller)
    {
        await using var db = database.As(caller);
        return await db.OneAsync<decimal>("select coalesce(sum(value), 0) from kpi_daily", null, default);
    }
}

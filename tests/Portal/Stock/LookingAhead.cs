using Portal.Orders;
using Portal.Stock;
using Portal.Tests.Orders;
using Portal.Web.Lists;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Stock;

public sealed class LookingAhead : OnATradingChain
{
    static readonly DateOnly Today = new(2026, 3, 2);

    [Theory]
    [InlineData(0, 10, 3)]
    [InlineData(2, 10, 3)]
    [InlineData(3, 15, 3)]
    [InlineData(5, 3, 3)]
    [InlineData(9, 23, 23)]
    public void What_is_promised_later_is_not_promised_again_before(int day, long projected, long promisable)
    {
        var ahead = new Outlook(Today, 10, [(Today.AddDays(3), 5), (Today.AddDays(5), -12), (Today.AddDays(9), 20)]);

        Assert.Equal((projected, promisable), (ahead.Projected(Today.AddDays(day)), ahead.Promisable(Today.AddDays(day))));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 9)]
    [InlineData(24, null)]
    public void The_first_day_on_which_there_is_enough(long quantity, int? day)
    {
        var ahead = new Outlook(Today, 10, [(Today.AddDays(3), 5), (Today.AddDays(5), -12), (Today.AddDays(9), 20)]);

        Assert.Equal(day is { } some ? Today.AddDays(some) : null, ahead.EarliestFor(quantity));
    }

    [Fact]
    public void What_is_overdue_counts_for_today_and_what_runs_short_is_said()
    {
        var ahead = new Outlook(Today, 1, [(Today.AddDays(-9), -3), (Today.AddDays(4), 10)]);

        Assert.Equal((-2, 0, Today), (ahead.Projected(Today), ahead.Promisable(Today), ahead.ShortFrom));
    }

    [Fact]
    public async Task Each_partner_sees_what_comes_to_it_and_what_it_has_promised()
    {
        await Chain.GivenStockAsync("north", "S-001", 2);
        var (brand, distributor) = (new OutlookStore(Chain.At("north-admin").Db, TimeProvider.System), new OutlookStore(Chain.At("huaxin-sells").Db, TimeProvider.System));
        var today = await brand.TodayAsync(default);
        var order = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 5)), submit: true, default));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(order, null, [new(1, 5, today.AddDays(10), null)], default));
        Document(await Chain.At("north-admin").Ship.RunAsync(order, null, new(null, null, [new(1, 2)]), default));
        var asked = Number(await Chain.At("jiangnan-all").Place.CreateAsync(Order(("S-001", 4)), submit: true, default));

        var sold = (await brand.FindAsync("S-001", default))!;
        Assert.Equal([(today.AddDays(10), "promise", order, -3L)], sold.Events.Select(one => (one.Day, one.Kind, one.Document, one.Quantity)));
        Assert.Equal(today.AddDays(10), sold.Ahead.ShortFrom);
        var bought = (await distributor.FindAsync("S-001", default))!;
        Assert.Equal([(today.AddDays(3), "shipment", 2L), (today.AddDays(13), "order", 3L)], bought.Events.Select(one => (one.Day, one.Kind, one.Quantity)));
        Assert.Equal((2L, 0L, 2L), (bought.Incoming(today.AddDays(12)), bought.Promised(today.AddDays(12)), bought.Ahead.Promisable(today.AddDays(12))));
        Assert.Null(await distributor.FindAsync("NOPE", default));

        // what the reseller asked for is there when the second part has come; once promised for that day, one is left from the day on which the first part comes
        var product = bought.Head.ProductId;
        Assert.Equal(today.AddDays(13), (await distributor.OfAsync([product], default))[product].EarliestFor(4));
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(asked, null, [new(1, 4, today.AddDays(13), null)], default));
        Assert.Equal((today.AddDays(3), null), ((await distributor.OfAsync([product], default))[product].EarliestFor(1), (await distributor.OfAsync([product], default))[product].EarliestFor(2)));

        var rows = (await distributor.ListAsync(ListQuery.Read("", OutlookStore.Shape), default)).Rows;
        Assert.Equal([("S-001", 0L, 2L, 1L)], rows.Select(row => (row.Sku, row.Free, row.Projected[1], row.Projected[2])));
        Assert.Empty((await new OutlookStore(Chain.At("eurodist-all").Db, TimeProvider.System).ListAsync(ListQuery.Read("", OutlookStore.Shape), default)).Rows);
    }

    [Fact]
    public async Task Stock_is_told_as_of_any_day()
    {
        await Chain.AConfirmedOrderAsync(("S-001", 5));
        var store = new OutlookStore(Chain.At("north-admin").Db, TimeProvider.System);
        var today = await store.TodayAsync(default);

        Assert.Equal([("S-001", "MAIN", 5L, 5L, 0L, 0L)], (await store.AsOfAfterAsync(today, null, null, 10, default)).Select(row => (row.Sku, row.Place, row.OnHand, row.Reserved!.Value, row.Available!.Value, row.InTransit)));
        Assert.Equal(1, (await store.AsOfAsync(today, ListQuery.Read("place=MAIN", OutlookStore.AsOfShape), default)).Total);
        Assert.Empty(await store.AsOfAfterAsync(today, null, ("S-001", "MAIN"), 10, default));
        Assert.Empty(await store.AsOfAfterAsync(today.AddDays(-2), null, null, 10, default));
    }
}

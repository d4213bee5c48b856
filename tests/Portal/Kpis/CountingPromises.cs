using Portal.Kpis;
using Portal.Orders;
using Portal.Stock;
using Portal.Tests.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Kpis;

public sealed class CountingPromises : OnATradingChain
{
    DateOnly today;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        today = (await Chain.Database.ListAsync<DateOnly>("select portal.brand_day(now())")).Single();
    }

    [Fact]
    public async Task What_is_due_and_what_went_and_came_in_time_stands_on_the_promised_day_for_seller_and_buyer()
    {
        var number = await PromisedAsync(10, today);
        Assert.Equal([Fact(today, 10)], await OfAsync("P-NORTH", Metric.FillDue));
        Assert.Empty(await OfAsync("P-NORTH", Metric.FillOnTime));

        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 7)]), default));
        Assert.Equal([Fact(today, 7)], await OfAsync("P-NORTH", Metric.FillOnTime));
        Assert.Empty(await OfAsync("P-HUAXIN", Metric.ReceiptOnTime));

        Document(await Chain.At("huaxin-buys").Receive.RunAsync(shipment, null, new(null, [new(1, 6, 0, 1, 0, 0, null)]), default));
        Assert.Equal([Fact(today, 10)], await OfAsync("P-HUAXIN", Metric.ReceiptDue));
        Assert.Equal([Fact(today, 6)], await OfAsync("P-HUAXIN", Metric.ReceiptOnTime));
        Assert.Empty(await OfAsync("P-EURODIST", Metric.ReceiptDue));
    }

    [Fact]
    public async Task A_day_that_the_buyer_wished_to_move_takes_the_pieces_along_and_what_it_called_off_was_not_wanted()
    {
        var number = await PromisedAsync(10, today.AddDays(3));
        var change = Document(await Chain.At("huaxin-buys").AskForChange.RunAsync(number, null, new("later", [new(1, 4, today.AddDays(9), null)]), default));
        Assert.Equal([Fact(today.AddDays(3), 10)], await OfAsync("P-NORTH", Metric.FillDue));

        Number(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default));

        Assert.Equal([Fact(today.AddDays(9), 6)], await OfAsync("P-NORTH", Metric.FillDue));
        // what the seller cannot deliver was wanted all the same
        Number(await Chain.At("north-admin").Cancel.RunAsync(number, null, "burnt down", default));
        Assert.Equal([Fact(today.AddDays(9), 6)], await OfAsync("P-NORTH", Metric.FillDue));
    }

    [Fact]
    public async Task A_day_that_the_seller_moved_with_consent_is_not_kept()
    {
        var number = await PromisedAsync(10, today);
        var change = Document(await Chain.At("north-admin").AskForChange.RunAsync(number, null, new("a truck broke down", [new(1, null, today.AddDays(9), null)]), default));
        Number(await Chain.At("huaxin-buys").AnswerChange.AcceptAsync(number, change, null, default));

        Assert.Equal([Fact(today, 10)], await OfAsync("P-NORTH", Metric.FillDue));
    }

    [Fact]
    public async Task Orders_without_a_day_are_not_measured_and_submitted_ones_promise_nothing()
    {
        await Chain.AConfirmedOrderAsync(("S-001", 5));
        Number(await Chain.At("huaxin-buys").Place.CreateAsync(new(null, null, null, null, [new SkuLine("S-001", 3) { Day = today.AddDays(5) }]), submit: true, default));

        Assert.Empty(await OfAsync("P-NORTH", Metric.FillDue));
        Assert.Equal([0L], await Chain.Database.ListAsync<long>("select count(*) from portal.kpi_counted"));
    }

    [Fact]
    public async Task Sales_stand_at_list_price_beside_what_they_cost()
    {
        await Chain.AConfirmedOrderAsync(("S-001", 10), ("S-002", 1));

        Assert.Equal([Fact(today, 120.12m)], await OfAsync("P-HUAXIN", Metric.SellInList));
        Assert.Empty(await OfAsync("P-HUAXIN", Metric.SellInDiscount));
    }

    async Task<string> PromisedAsync(int quantity, DateOnly day)
    {
        await Chain.GivenStockAsync("north", "S-001", quantity);
        var number = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", quantity)), submit: true, default));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, [new(1, quantity, day, null)], default));
        return number;
    }

    Task<List<string>> OfAsync(string partner, string metric) => Facts.OfAsync(Chain.Database, partner, metric);

    static string Fact(DateOnly day, decimal value) => FormattableString.Invariant($"{day:yyyy-MM-dd} {value:0.####}");
}

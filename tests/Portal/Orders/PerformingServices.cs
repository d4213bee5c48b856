using Portal.Orders;
using Portal.Stock;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

/// <summary>What is not kept in stock - S-010 here, a service - is ordered, confirmed, performed and invoiced like goods, and no stock knows of it; the checks of the whole data agree after each test.</summary>
public sealed class PerformingServices : OnATradingChain
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Chain.Database.ExecuteAsync("update portal.product set kept_in_stock = false where sku in ('S-010', 'S-011')");
    }

    async Task<string> SubmittedAsync(string buyer, params (string Sku, decimal? Quantity)[] lines) => Number(await Chain.At(buyer).Place.CreateAsync(Order(lines), submit: true, default));

    Task<long> MovesAsync(string sku) => OneAsync("select count(*) from portal.stock_move m join portal.product p using (product_id) where p.sku = @sku", new { sku });

    async Task<long> OneAsync(string sql, object? arguments = null) => (await Chain.Database.ListAsync<long>(sql, arguments)).Single();

    [Fact]
    public async Task A_service_needs_no_stock_at_the_seller_and_is_recorded_and_invoiced_by_the_same_paper()
    {
        await Chain.GivenStockAsync("north", "S-001", 4);
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 4), ("S-010", 3));

        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, default));
        Assert.Equal((4, 4, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal((0, 0, 0), await Chain.StockOfAsync("north", "S-010"));
        Assert.DoesNotContain(await Chain.At("north-admin").Waiting.MissingAsync(number, null, default), line => line.Sku is "S-010");

        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new("SF", "1", [new(1, 4), new(2, 2)]), default));
        Assert.Equal([(1, "orders.problem.more_than_open")], Problems(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 1)]), default)));
        Assert.Equal([(2, "orders.problem.more_than_open")], Problems(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(2, 2)]), default)));
        Assert.Equal(240.24m, (await Chain.Database.ListAsync<decimal>("select net_amount from portal.invoice")).Single());
        Document(await Chain.At("huaxin-buys").Receive.RunAsync(shipment, null, new(null, [new(1, 4, 0, 0, 0, 0, null), new(2, 2, 0, 0, 0, 0, null)]), default));
        Assert.Equal((4, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
        Assert.Equal((0, 0, 0), await Chain.StockOfAsync("huaxin", "S-010"));

        var rest = Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(2, 1)]), default));
        Assert.True((await Chain.At("huaxin-buys").Orders.FindShipmentAsync(rest, default))!.IsPerformance);
        Assert.False((await Chain.At("huaxin-buys").Orders.FindShipmentAsync(shipment, default))!.IsPerformance);
        Document(await Chain.At("huaxin-buys").Receive.RunAsync(rest, null, new(null, [new(2, 1, 0, 0, 0, 0, null)]), default));
        Assert.Equal("received", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
        Assert.Equal(0, await MovesAsync("S-010"));
    }

    [Fact]
    public async Task Answered_by_line_it_is_ready_at_once_and_what_is_called_off_frees_nothing()
    {
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 5), ("S-010", 6));

        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, [new(2, 5, null, "one too many")], default));
        var lines = (await Chain.At("north-admin").Orders.FindAsync(number, default))!.Lines;
        Assert.Equal([(0, 5, true), (5, 0, false)], lines.Select(line => (line.Reserved, line.Waiting, line.NeedsStock)));

        var change = Document(await Chain.At("huaxin-buys").AskForChange.RunAsync(number, null, new("fewer", [new SaidOfChange(2, 2, null, null)]), default));
        Number(await Chain.At("north-admin").AnswerChange.AcceptAsync(number, change, null, default));
        Assert.Equal(3, (await Chain.At("north-admin").Orders.FindAsync(number, default))!.Lines[1].Reserved);
        Number(await Chain.At("north-admin").Cancel.RunAsync(number, null, "no longer offered", default));
        Assert.Equal("cancelled", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
        Assert.Equal(0, await MovesAsync("S-010"));
    }

    [Fact]
    public async Task A_service_comes_instead_of_goods_and_goods_instead_of_a_service()
    {
        await Chain.GivenStockAsync("north", "S-002", 9);
        await Chain.GivenStockAsync("north", "S-001", 3);
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 3), ("S-010", 2));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, default));
        var change = Document(await Chain.At("north-admin").AskForChange.RunAsync(number, null, new("better so", [new SaidOfChange(1, 3, null, "S-011"), new SaidOfChange(2, 2, null, "S-002")]), default));
        Number(await Chain.At("huaxin-buys").AnswerChange.AcceptAsync(number, change, null, default));

        Assert.Equal([("S-001", 0, true), ("S-010", 0, false), ("S-011", 3, false), ("S-002", 0, true)], (await Chain.At("north-admin").Orders.FindAsync(number, default))!.Lines.Select(line => (line.Sku, line.Reserved, line.NeedsStock)));
        Assert.Equal(1, await Chain.At("north-admin").Allocate.RunAsync(null, default));
        Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(3, 3), new(4, 2)]), default));
        Assert.Equal((7, 0, 0), await Chain.StockOfAsync("north", "S-002"));
    }

    [Fact]
    public async Task A_reseller_orders_upwards_what_it_has_sold_once_and_the_brand_has_nobody_to_order_from()
    {
        var number = await SubmittedAsync("jiangnan-all", ("S-010", 4));
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(number, null, default));

        Assert.Equal([("S-010", 4)], (await Chain.At("huaxin-buys").Waiting.MissingAsync(number, null, default)).Select(line => (line.Sku, line.Quantity)));
        var up = Number(await Chain.At("huaxin-buys").Upwards.RunAsync(number, submit: true, null, default));
        Assert.Equal([(null, "orders.problem.nothing_missing")], Problems(await Chain.At("huaxin-buys").Upwards.RunAsync(number, submit: true, null, default)));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(up, null, default));
        Assert.Empty(await Chain.At("north-admin").Waiting.MissingAsync(up, null, default));

        // What the upstream calls off is to be ordered again, as long as it is not performed here.
        Number(await Chain.At("north-admin").Cancel.RunAsync(up, null, "cannot do it", default));
        Assert.Equal([("S-010", 4)], (await Chain.At("huaxin-buys").Waiting.MissingAsync(number, null, default)).Select(line => (line.Sku, line.Quantity)));
        Document(await Chain.At("huaxin-sells").Ship.RunAsync(number, null, new(null, null, [new(1, 4)]), default));
        Assert.Empty(await Chain.At("huaxin-buys").Waiting.MissingAsync(number, null, default));
    }

    [Fact]
    public async Task It_is_on_no_pick_list_is_always_available_and_nobody_records_a_movement_of_it()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 3));
        var service = await SubmittedAsync("huaxin-buys", ("S-010", 2));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(service, null, default));

        var offered = await Chain.At("huaxin-buys").Db.ListAsync<(string Sku, string? Band)>("select p.sku, o.band from stock_offered(array(select product_id from product where sku in ('S-001', 'S-010'))) o join product p using (product_id) order by 1", null, default);
        Assert.Equal([("S-001", "none"), ("S-010", "always")], offered);
        var recorded = Assert.IsType<MovementOutcome.Wrong>(await Chain.At("north-admin").Record.RunAsync(new("supply", null, [new SkuLine("S-010", 5)]), default));
        Assert.Equal("stock.problem.not_kept", Assert.Single(recorded.Problems).TextKey);
        Assert.Equal(number, (await Chain.At("north-admin").Db.ListAsync<string>("select o.number from purchase_order_line l join purchase_order o using (purchase_order_id) where l.reserved > 0 and l.from_stock", null, default)).Single());
    }

    [Fact]
    public async Task A_product_becomes_a_service_only_when_nobody_has_any_and_what_waited_for_goods_may_be_performed_then()
    {
        await Chain.GivenStockAsync("north", "S-020", 1);
        var number = await SubmittedAsync("huaxin-buys", ("S-020", 1), ("S-021", 3));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, [], default));

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Chain.Database.ExecuteAsync("update portal.product set kept_in_stock = false where sku = 'S-020'"));
        Assert.Equal("stock_is_gone_before_it_is_not_kept", refused.ConstraintName);
        await Chain.Database.ExecuteAsync("update portal.product set kept_in_stock = false where sku = 'S-021'");
        Assert.Equal([(1, true), (3, false)], (await Chain.At("north-admin").Orders.FindAsync(number, default))!.Lines.Select(line => (line.Reserved, line.NeedsStock)));
        // What was promised as a service is performed as one, whatever becomes of the product.
        await Chain.Database.ExecuteAsync("update portal.product set kept_in_stock = true where sku = 'S-021'");
        Document(await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 1), new(2, 3)]), default));
        Assert.Equal(0, await MovesAsync("S-021"));
    }
}

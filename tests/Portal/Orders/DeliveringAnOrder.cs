using Npgsql;
using Portal.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

public sealed class DeliveringAnOrder : OnATradingChain
{
    static Dispatch Goods(params (int Line, decimal? Quantity)[] lines) => new("顺丰", "SF-1", [.. lines.Select(line => new DispatchedLine(line.Line, line.Quantity))]);

    static Arrival Came(params ArrivedLine[] lines) => new(null, lines);

    static ArrivedLine Line(int number, int received, int missing = 0, int damaged = 0, int wrong = 0, int over = 0) => new(number, received, missing, damaged, wrong, over, null);

    [Fact]
    public async Task Confirming_reserves_the_sellers_stock()
    {
        await Chain.GivenStockAsync("north", "S-001", 10);
        var number = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 4), ("S-001", 3)), submit: true, default));

        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, default));

        Assert.Equal((10, 7, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal("confirmed", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
    }

    [Fact]
    public async Task What_the_seller_lacks_is_named_line_by_line_and_nothing_is_reserved()
    {
        await Chain.GivenStockAsync("north", "S-001", 10);
        await Chain.GivenStockAsync("north", "S-002", 10);
        var number = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 10), ("S-002", 11), ("S-003", 1)), submit: true, default));

        var outcome = Assert.IsType<OrderOutcome.Wrong>(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, default));

        Assert.Equal([(2, "S-002", 10L), (3, "S-003", 0L)], outcome.Problems.Select(problem => (problem.Line!.Value, (string)problem.Arguments[0], (long)problem.Arguments[2])));
        Assert.Equal((10, 0, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal("submitted", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
    }

    [Fact]
    public async Task Two_clerks_who_confirm_at_once_reserve_once()
    {
        await Chain.GivenStockAsync("north", "S-001", 100);
        var number = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 5)), submit: true, default));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Chain.At("north-admin").Answer.ConfirmAsync(number, null, default)));

        Assert.All(outcomes, outcome => Assert.Equal(new OrderOutcome.Done(number), outcome));
        Assert.Equal((100, 5, 0), await Chain.StockOfAsync("north", "S-001"));
    }

    [Fact]
    public async Task Confirming_and_rejecting_at_once_ends_in_one_of_them()
    {
        await Chain.GivenStockAsync("north", "S-001", 100);
        var number = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 5)), submit: true, default));

        var outcomes = await Task.WhenAll(
            Chain.At("north-admin").Answer.ConfirmAsync(number, null, default), Chain.At("north-admin").Answer.RejectAsync(number, null, "sold out", default),
            Chain.At("huaxin-buys").Cancel.RunAsync(number, null, "not needed", default));

        Assert.Equal(2, outcomes.OfType<OrderOutcome.Done>().Count() switch { 1 => outcomes.OfType<OrderOutcome.NotNow>().Count(), _ => -1 });
        var status = (await Chain.At("huaxin-buys").HeadAsync(number)).Status;
        Assert.Equal(status == "confirmed" ? 5 : 0, (await Chain.StockOfAsync("north", "S-001")).Reserved);
    }

    [Fact]
    public async Task Orders_that_want_the_last_pieces_get_no_more_than_there_are()
    {
        await Chain.GivenStockAsync("north", "S-001", 25);
        await Chain.GivenStockAsync("north", "S-002", 25);
        var numbers = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            // every other order names the products the other way round, as real ones do
            numbers.Add(Number(await Chain.At("huaxin-buys").Place.CreateAsync(i % 2 == 0 ? Order(("S-001", 5), ("S-002", 5)) : Order(("S-002", 5), ("S-001", 5)), submit: true, default)));
        }

        var outcomes = await Task.WhenAll(numbers.Select(number => Chain.At("north-admin").Answer.ConfirmAsync(number, null, default)));

        Assert.Equal(5, outcomes.OfType<OrderOutcome.Done>().Count());
        Assert.Equal((25, 25, 0), await Chain.StockOfAsync("north", "S-001"));
    }

    [Fact]
    public async Task Goods_are_shipped_in_parts_until_nothing_is_open()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10), ("S-002", 4));
        var seller = Chain.At("north-admin");

        var first = Document(await seller.Ship.RunAsync(number, null, Goods((1, 6), (2, 0)), default));
        Assert.Equal("partially_shipped", (await seller.HeadAsync(number)).Status);
        Assert.Equal((4, 4, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal((0, 0, 6), await Chain.StockOfAsync("huaxin", "S-001"));

        Document(await seller.Ship.RunAsync(number, null, Goods((1, 4), (2, 4)), default));
        var order = (await Chain.At("huaxin-buys").Orders.FindAsync(number, default))!;
        Assert.Equal("shipped", order.Order.Status);
        Assert.Equal([(10, 0, 10), (4, 0, 4)], order.Lines.Select(line => (line.Shipped, line.Open, line.InTransit)));
        Assert.Equal([(first, 6)], order.Shipments.Take(1).Select(shipment => (shipment.Head.Number, shipment.Lines.Single().Quantity)));
        Assert.Equal((0, 0, 10), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task No_more_is_shipped_than_is_open()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10), ("S-002", 4));
        var seller = Chain.At("north-admin");

        Assert.Equal([(1, "orders.problem.more_than_open"), (2, "orders.problem.quantity_not_whole"), (9, "orders.problem.no_such_line")],
            Problems(await seller.Ship.RunAsync(number, null, Goods((1, 11), (2, 1.5m), (9, 1)), default)).Select(problem => (problem.Line!.Value, problem.Key)));
        Assert.Equal([(null, "orders.problem.nothing_to_ship")], Problems(await seller.Ship.RunAsync(number, null, Goods((1, 0)), default)));
        Assert.Equal([(1, "orders.problem.quantity_not_whole"), (null, "orders.problem.nothing_to_ship")], Problems(await seller.Ship.RunAsync(number, null, Goods((1, -1)), default)));
        Assert.Equal([(1, "orders.problem.line_named_twice")], Problems(await seller.Ship.RunAsync(number, null, Goods((1, 1), (1, 1)), default)));
        Assert.Equal((10, 10, 0), await Chain.StockOfAsync("north", "S-001"));
    }

    [Fact]
    public async Task A_second_click_does_not_ship_again()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var version = (await Chain.At("north-admin").HeadAsync(number)).Version;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Chain.At("north-admin").Ship.RunAsync(number, version, Goods((1, 2)), default)));

        Assert.Single(outcomes.OfType<OrderOutcome.Done>());
        Assert.Equal(3, outcomes.OfType<OrderOutcome.Stale>().Count());
        Assert.Equal((0, 0, 2), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task Parallel_shipments_never_send_more_than_was_ordered()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Chain.At("north-admin").Ship.RunAsync(number, null, Goods((1, 3)), default)));

        Assert.Equal(3, outcomes.OfType<OrderOutcome.Done>().Count());
        Assert.Equal((1, 1, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal((0, 0, 9), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task What_arrives_enters_the_buyers_stock_and_the_order_is_received()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(number, null, Goods((1, 10)), default));

        Document(await Chain.At("huaxin-buys").Receive.RunAsync(shipment, null, Came(Line(1, 10)), default));

        Assert.Equal((10, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
        Assert.Equal("received", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
        Number(await Chain.At("huaxin-buys").Close.RunAsync(number, null, default));
        Assert.Equal("closed", (await Chain.At("north-admin").HeadAsync(number)).Status);
    }

    [Fact]
    public async Task Differences_are_recorded_and_only_what_can_be_used_enters_stock()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 20));
        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(number, null, Goods((1, 20)), default));
        var buyer = Chain.At("huaxin-buys");

        Document(await buyer.Receive.RunAsync(shipment, null, Came(Line(1, received: 10, missing: 1, damaged: 2, wrong: 3, over: 4)), default));

        Assert.Equal((10, 0, 4), await Chain.StockOfAsync("huaxin", "S-001"));
        var order = (await Chain.At("north-admin").Orders.FindAsync(number, default))!;
        Assert.Equal("shipped", order.Order.Status);
        Assert.Equal((20, 10, 6, 4), (order.Lines[0].Shipped, order.Lines[0].Received, order.Lines[0].Lost, order.Lines[0].InTransit));
        Assert.Equal([("short", 1), ("damaged", 2), ("wrong", 3), ("over", 4)], order.Discrepancies.Select(found => (found.Kind, found.Quantity)));

        Document(await buyer.Receive.RunAsync(shipment, null, Came(Line(1, received: 4)), default));
        Assert.Equal("received", (await buyer.HeadAsync(number)).Status);
        Assert.Equal((14, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task No_more_is_received_than_is_on_the_way()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));
        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(number, null, Goods((1, 6)), default));
        var buyer = Chain.At("huaxin-buys");

        Assert.Equal([(1, "orders.problem.more_than_in_transit")], Problems(await buyer.Receive.RunAsync(shipment, null, Came(Line(1, 6, missing: 1)), default)));
        Assert.Equal([(1, "orders.problem.quantity_not_whole"), (null, "orders.problem.nothing_received")], Problems(await buyer.Receive.RunAsync(shipment, null, Came(Line(1, -6)), default)));
        Assert.IsType<OrderOutcome.NotFound>(await Chain.At("eurodist-all").Receive.RunAsync(shipment, null, Came(Line(1, 1)), default));
        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("north-admin").Receive.RunAsync(shipment, null, Came(Line(1, 1)), default));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Chain.At("huaxin-buys").Receive.RunAsync(shipment, null, Came(Line(1, 4)), default)));
        Assert.Single(outcomes.OfType<OrderOutcome.Done>());
        Assert.Equal((4, 0, 2), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task The_seller_calls_off_the_rest_and_its_stock_is_free_again()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10), ("S-002", 4));
        var seller = Chain.At("north-admin");
        Document(await seller.Ship.RunAsync(number, null, Goods((1, 6)), default));

        Assert.Equal([(null, "orders.problem.reason_missing")], Problems(await seller.Cancel.RunAsync(number, null, " ", default)));
        Assert.IsType<OrderOutcome.NotNow>(await Chain.At("huaxin-buys").Cancel.RunAsync(number, null, "too late", default));
        Number(await seller.Cancel.RunAsync(number, null, "production stopped", default));

        var order = (await Chain.At("huaxin-buys").Orders.FindAsync(number, default))!;
        Assert.Equal("shipped", order.Order.Status);
        Assert.Equal([(10, 6, 4, 0), (4, 0, 4, 0)], order.Lines.Select(line => (line.Quantity, line.Shipped, line.Cancelled, line.Open)));
        Assert.Equal("production stopped", order.Steps[^1].Reason);
        Assert.Equal((4, 0, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal((4, 0, 0), await Chain.StockOfAsync("north", "S-002"));
    }

    [Fact]
    public async Task An_order_that_nobody_shipped_is_cancelled_by_its_seller()
    {
        var number = await Chain.AConfirmedOrderAsync(("S-001", 10));

        Number(await Chain.At("north-admin").Cancel.RunAsync(number, null, "recall", default));

        Assert.Equal("cancelled", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
        Assert.Equal((10, 0, 0), await Chain.StockOfAsync("north", "S-001"));
        Number(await Chain.At("north-admin").Cancel.RunAsync(number, null, "recall", default)); // a second click
    }

    [Fact]
    public async Task Goods_flow_down_three_tiers()
    {
        await Chain.GivenStockAsync("north", "S-001", 5);
        foreach (var (buyer, seller) in new[] { ("huaxin-buys", "north-admin"), ("jiangnan-all", "huaxin-sells"), ("wuxi-all", "jiangnan-all") })
        {
            var number = Number(await Chain.At(buyer).Place.CreateAsync(Order(("S-001", 5)), submit: true, default));
            Number(await Chain.At(seller).Answer.ConfirmAsync(number, null, default));
            var shipment = Document(await Chain.At(seller).Ship.RunAsync(number, null, Goods((1, 5)), default));
            Document(await Chain.At(buyer).Receive.RunAsync(shipment, null, Came(Line(1, 5)), default));
        }

        Assert.Equal((5, 0, 0), await Chain.StockOfAsync("wuxi", "S-001"));
        Assert.Equal((0, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task The_database_itself_refuses_to_move_goods_of_others_or_to_rewrite_the_ledger()
    {
        await Chain.GivenStockAsync("north", "S-001", 5);
        var thief = Chain.At("eurodist-all");

        foreach (var statement in new[]
        {
            "select stock_ship(stock_place_of(partner_id), stock_place_of(app_partner_id()), array[1]::bigint[], array[1]::bigint[], now(), null, null) from partner where code = 'north'",
            "select stock_release(1, array[1]::bigint[], array[1]::bigint[])",
            "insert into stock_move (kind, from_place_id, to_place_id, product_id, quantity, moved_at, recorded_at) values ('supply', 1, 4, 1, 5, now(), now())",
            "update stock_balance set on_hand = 100",
            "delete from stock_move",
            "select stock_post(array['supply'], array[1]::bigint[], array[4]::bigint[], array[1]::bigint[], array[1]::bigint[], false, now(), now(), null, null, null)",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => thief.Db.ExecuteAsync(statement, null, default));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        var owner = await Chain.Database.OpenAsync("owner");
        await using (owner)
        {
            await using var command = new NpgsqlCommand("update portal.stock_move set quantity = 1", owner);
            Assert.Contains("append-only", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).MessageText);
        }
    }
}

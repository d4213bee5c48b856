using Portal.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

public sealed class PlacingAnOrder(TradingChain chain) : IClassFixture<TradingChain>
{
    [Fact]
    public async Task An_order_goes_to_the_upstream_at_its_price()
    {
        var number = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 3), ("S-010", 2)) with { PoNumber = "HX-1" }, submit: true, default));

        var order = (await chain.At("north-admin").Orders.FindAsync(number, default))!;

        Assert.Equal(("HX-1", "submitted", "华信", "北光", "CNY", 230.23m), (order.Order.PoNumber, order.Order.Status, order.Order.BuyerName, order.Order.SellerName, order.Order.Currency, order.Order.TotalAmount));
        Assert.Equal([(1, "S-001", 3, 10.01m, 30.03m), (2, "S-010", 2, 100.10m, 200.20m)], order.Lines.Select(line => (line.LineNumber, line.Sku, line.Quantity, line.UnitPrice, line.Amount)));
        Assert.Equal(["submit"], order.Steps.Select(step => step.Act));
        Assert.Contains("LIST", order.Lines[0].PriceSteps);
    }

    [Fact]
    public async Task An_order_is_dated_in_the_brands_zone()
    {
        var number = Number(await chain.At("eurodist-all").Place.CreateAsync(Order(("S-001", 1)), submit: true, default));

        var order = await chain.At("eurodist-all").HeadAsync(number);

        Assert.Equal(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).DateTime), order.OrderedOn);
    }

    [Fact]
    public async Task Every_wrong_line_has_its_own_message()
    {
        var outcome = await chain.At("huaxin-buys").Place.CreateAsync(
            Order(("S-001", 1), ("NOPE", 1), ("OLD-1", 1), ("NEW-1", 1), ("S-002", 0), ("S-002", -5), ("S-002", 1.5m), ("S-002", 1_000_000_000_000m), ("S-002", null), ("nope", -1)), submit: true, default);

        Assert.Equal(
            [
                (2, "orders.problem.unknown_sku"), (3, "orders.problem.discontinued"), (4, "orders.problem.no_price"), (5, "stock.problem.quantity_not_positive"),
                (6, "stock.problem.quantity_not_positive"), (7, "stock.problem.quantity_not_whole"), (8, "stock.problem.quantity_too_large"),
                (9, "stock.problem.quantity_missing"), (10, "orders.problem.unknown_sku"), (10, "stock.problem.quantity_not_positive"),
            ],
            Problems(outcome).Select(problem => (problem.Line!.Value, problem.Key)));
    }

    [Fact]
    public async Task Good_lines_keep_their_price_beside_wrong_ones()
    {
        var order = await chain.At("huaxin-buys").Pricing.CheckAsync(Order(("S-001", 2), ("NOPE", 1)), default);

        Assert.Equal((20.02m, null, 20.02m), (order.Lines[0].Priced?.Amount, order.Lines[1].Priced?.Amount, order.Total));
    }

    [Fact]
    public async Task An_order_without_lines_is_kept_but_not_submitted()
    {
        var draft = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(), submit: false, default));

        Assert.Equal([(null, "orders.problem.no_lines")], Problems(await chain.At("huaxin-buys").Place.SubmitAsync(draft, null, default)));
        Assert.Equal("draft", (await chain.At("huaxin-buys").HeadAsync(draft)).Status);
    }

    [Fact]
    public async Task A_purchase_order_number_is_used_once_by_a_buyer()
    {
        var first = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)) with { PoNumber = "4711" }, submit: true, default));

        var second = Assert.IsType<OrderOutcome.Wrong>(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)) with { PoNumber = "4711" }, submit: true, default));
        var other = await chain.At("eurodist-all").Place.CreateAsync(Order(("S-001", 1)) with { PoNumber = "4711" }, submit: true, default);

        Assert.Equal("orders.problem.po_number_used", second.Problems.Single().TextKey);
        Assert.Equal(["4711", first], second.Problems.Single().Arguments);
        Assert.IsType<OrderOutcome.Done>(other);
    }

    [Fact]
    public async Task Of_parallel_orders_with_one_number_one_is_written()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)) with { PoNumber = "PARALLEL" }, submit: true, default)));

        Assert.Single(outcomes.OfType<OrderOutcome.Done>());
        Assert.Equal(7, outcomes.OfType<OrderOutcome.Wrong>().Count());
    }

    [Fact]
    public async Task A_foreign_currency_is_refused()
    {
        var outcome = await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)) with { Currency = "USD" }, submit: true, default);

        Assert.Equal([(null, "orders.problem.foreign_currency")], Problems(outcome));
    }

    [Fact]
    public async Task A_total_that_is_not_what_the_buyer_saw_stops_the_submission()
    {
        var outcome = await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)) with { ExpectedTotal = 9.99m }, submit: true, default);

        Assert.Equal([(null, "orders.problem.prices_changed")], Problems(outcome));
    }

    [Fact]
    public async Task A_draft_is_changed_and_submitted_by_the_buyer()
    {
        var buyer = chain.At("huaxin-buys");
        var number = Number(await buyer.Place.CreateAsync(Order(("S-001", 1)), submit: false, default));
        Number(await buyer.Place.UpdateAsync(number, 1, Order(("S-002", 5), ("S-003", 1)), submit: false, default));

        Assert.Equal(new OrderOutcome.Stale(2), await buyer.Place.UpdateAsync(number, 1, Order(("S-004", 1)), submit: false, default));
        Number(await buyer.Place.SubmitAsync(number, 2, default));

        var order = (await buyer.Orders.FindAsync(number, default))!;
        Assert.Equal(("submitted", 3, 130.13m), (order.Order.Status, order.Order.Version, order.Order.TotalAmount));
        Assert.Equal(["S-002", "S-003"], order.Lines.Select(line => line.Sku));
    }

    [Fact]
    public async Task Submitting_twice_at_once_is_submitting_once()
    {
        var number = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)), submit: false, default));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => chain.At("huaxin-buys").Place.SubmitAsync(number, 1, default)));

        Assert.All(outcomes, outcome => Assert.Equal(new OrderOutcome.Done(number), outcome));
        var order = (await chain.At("huaxin-buys").Orders.FindAsync(number, default))!;
        Assert.Equal(2, order.Order.Version);
        Assert.Equal(["edit", "submit"], order.Steps.Select(step => step.Act));
        Assert.Equal(1, (await chain.Database.ListAsync<long>("select count(*) from outbox_message where payload ->> 'number' = @number", new { number })).Single());
    }

    [Fact]
    public async Task A_submitted_order_is_not_changed_any_more()
    {
        var number = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)), submit: true, default));

        Assert.Equal(new OrderOutcome.NotNow("submitted"), await chain.At("huaxin-buys").Place.UpdateAsync(number, null, Order(("S-001", 99)), submit: false, default));
    }

    [Theory]
    [InlineData("huaxin-sells")]
    [InlineData("huaxin-looks")]
    [InlineData("north-admin")]
    public async Task Only_a_buyers_purchasing_places_orders(string person)
    {
        var outcome = await chain.At(person).Place.CreateAsync(Order(("S-001", 1)), submit: true, default);

        Assert.True(outcome is OrderOutcome.Forbidden or OrderOutcome.Wrong, outcome.ToString());
    }

    [Fact]
    public async Task A_draft_is_seen_by_its_buyer_alone()
    {
        var number = Number(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)), submit: false, default));

        Assert.NotNull(await chain.At("huaxin-looks").Orders.FindAsync(number, default));
        Assert.Null(await chain.At("north-admin").Orders.FindAsync(number, default));
        Assert.IsType<OrderOutcome.NotFound>(await chain.At("north-admin").Answer.ConfirmAsync(number, null, default));
    }

    [Fact]
    public async Task An_order_is_seen_by_both_sides_and_the_brand_and_nobody_else()
    {
        var number = Number(await chain.At("jiangnan-all").Place.CreateAsync(Order(("S-001", 1)), submit: true, default));

        Assert.NotNull(await chain.At("huaxin-sells").Orders.FindAsync(number, default));
        Assert.NotNull(await chain.At("north-finance").Orders.FindAsync(number, default));
        Assert.Null(await chain.At("eurodist-all").Orders.FindAsync(number, default));
        Assert.Null(await chain.At("wuxi-all").Orders.FindAsync(number, default));
        foreach (var act in new Func<Desk, Task<OrderOutcome>>[]
        {
            desk => desk.Answer.ConfirmAsync(number, null, default), desk => desk.Answer.RejectAsync(number, null, "no", default), desk => desk.Cancel.RunAsync(number, null, "no", default),
            desk => desk.Ship.RunAsync(number, null, new(null, null, [new(1, 1)]), default), desk => desk.Close.RunAsync(number, null, default), desk => desk.Place.SubmitAsync(number, null, default),
        })
        {
            Assert.IsType<OrderOutcome.NotFound>(await act(chain.At("eurodist-all")));
            // the brand looks on, but this order is between two of its partners
            Assert.IsType<OrderOutcome.NotFound>(await act(chain.At("north-admin")));
        }
    }
}

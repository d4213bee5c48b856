using Portal.Orders;
using Portal.Stock;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

public sealed class WaitingForGoods : OnATradingChain
{
    static DateOnly InTwoWeeks => DateOnly.FromDateTime(DateTime.UtcNow).AddDays(14);

    [Fact]
    public async Task What_is_there_is_reserved_what_lacks_waits_and_what_is_not_promised_is_called_off()
    {
        await Chain.GivenStockAsync("north", "S-001", 6);
        await Chain.GivenStockAsync("north", "S-002", 100);
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 10), ("S-001", 5), ("S-002", 8), ("S-003", 2));

        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, null,
            [new(1, 10, InTwoWeeks, null), new(3, 5, null, "discontinued colour"), new(4, 0, null, "sold out")], default));

        var order = (await Chain.At("huaxin-buys").Orders.FindAsync(number, default))!;
        Assert.Equal("confirmed", order.Order.Status);
        Assert.Equal([(6, 4, 0), (0, 5, 0), (5, 0, 3), (0, 0, 2)], order.Lines.Select(line => (line.Reserved, line.Open - line.Reserved, line.Cancelled)));
        Assert.Equal([InTwoWeeks, null, null, null], order.Lines.Select(line => line.PromisedOn));
        Assert.Equal([null, null, "discontinued colour", "sold out"], order.Lines.Select(line => line.RefusedBecause));
        Assert.Equal((6, 6, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal((100, 5, 0), await Chain.StockOfAsync("north", "S-002"));
    }

    [Theory]
    [InlineData(11.0, 0, "", "orders.problem.more_than_ordered")]
    [InlineData(-1.0, 0, "", "orders.problem.quantity_not_whole")]
    [InlineData(2.5, 0, "", "orders.problem.quantity_not_whole")]
    [InlineData(null, 0, "", "orders.problem.quantity_not_whole")]
    [InlineData(9.0, 0, " ", "orders.problem.refused_without_reason")]
    [InlineData(10.0, -1, "", "orders.problem.promised_day")]
    [InlineData(10.0, 731, "", "orders.problem.promised_day")]
    public async Task An_answer_that_cannot_be_is_refused_with_its_remedy_and_nothing_is_reserved(double? quantity, int daysAhead, string reason, string problem)
    {
        await Chain.GivenStockAsync("north", "S-001", 50);
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 10));
        var today = (await Chain.Database.ListAsync<DateOnly>("select portal.brand_day(now())"))[0];

        var outcome = await Chain.At("north-admin").Answer.ConfirmAsync(number, null, [new(1, (decimal?)quantity, daysAhead == 0 ? null : today.AddDays(daysAhead), reason)], default);

        Assert.Equal([(1, problem)], Problems(outcome));
        Assert.Equal((50, 0, 0), await Chain.StockOfAsync("north", "S-001"));
    }

    [Fact]
    public async Task An_order_of_which_nothing_is_promised_is_rejected_instead()
    {
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 10));

        Assert.Equal([(null, "orders.problem.nothing_promised")], Problems(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, [new(1, 0, null, "sold out")], default)));
        Assert.Equal([(7, "orders.problem.no_such_line")], Problems(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, [new(7, 1, null, null)], default)));
    }

    [Fact]
    public async Task Only_what_is_reserved_is_shipped()
    {
        var number = await WaitingAsync("huaxin-buys", ("S-001", 10), there: 4);

        var refused = await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 5)]), default);
        var shipped = await Chain.At("north-admin").Ship.RunAsync(number, null, new(null, null, [new(1, 4)]), default);

        Assert.Equal([(1, "orders.problem.more_than_reserved")], Problems(refused));
        Document(shipped);
        Assert.Equal((0, 0, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal("partially_shipped", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
    }

    [Fact]
    public async Task Goods_that_come_go_to_who_ordered_first_and_the_rest_goes_on_waiting()
    {
        var first = await WaitingAsync("huaxin-buys", ("S-001", 10), there: 0);
        var second = await WaitingAsync("eurodist-all", ("S-001", 10), there: 0);
        await Chain.GivenStockAsync("north", "S-001", 13);

        Assert.Equal(2, await Chain.At("north-admin").Allocate.RunAsync(null, default));

        Assert.Equal((10, 3), (await ReservedAsync(first), await ReservedAsync(second)));
        Assert.Equal(0, await Chain.At("north-admin").Allocate.RunAsync(null, default));
        Assert.Equal(["submit", "confirm", "allocate"], (await Chain.At("huaxin-buys").Orders.FindAsync(first, default))!.Steps.Select(step => step.Act));
    }

    [Theory]
    [InlineData("first_come", 5, 0, 0)]
    [InlineData("by_level", 0, 5, 0)]
    [InlineData("by_promised_day", 0, 0, 5)]
    public async Task The_sellers_rule_says_who_is_first(string rule, int first, int gold, int early)
    {
        await Chain.Database.ExecuteAsync("update portal.partner set partner_level = 'gold' where code = 'eurodist'");
        var one = await WaitingAsync("huaxin-buys", ("S-001", 5), there: 0);
        var two = await WaitingAsync("eurodist-all", ("S-001", 5), there: 0);
        var three = await WaitingAsync("huaxin-buys", ("S-001", 5), there: 0, InTwoWeeks);
        Assert.True(await Chain.At("north-admin").Policies.KeepAsync(new(rule, "by_hand"), default));
        await Chain.GivenStockAsync("north", "S-001", 5);

        await Chain.At("north-admin").Allocate.RunAsync(null, default);

        Assert.Equal((first, gold, early), (await ReservedAsync(one), await ReservedAsync(two), await ReservedAsync(three)));
    }

    [Fact]
    public async Task Several_who_give_out_the_same_goods_at_once_give_them_once()
    {
        for (var i = 0; i < 4; i++)
        {
            await WaitingAsync("huaxin-buys", ("S-001", 3), there: 0);
        }

        await Chain.GivenStockAsync("north", "S-001", 7);

        var served = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Chain.At("north-admin").Allocate.RunAsync(null, default)));

        Assert.Equal(3, served.Sum());
        Assert.Equal((7, 7, 0), await Chain.StockOfAsync("north", "S-001"));
    }

    [Fact]
    public async Task A_cancelled_order_gives_back_what_it_had_reserved_and_no_more()
    {
        var number = await WaitingAsync("huaxin-buys", ("S-001", 10), there: 4);

        Number(await Chain.At("north-admin").Cancel.RunAsync(number, null, "the factory burnt down", default));

        Assert.Equal((4, 0, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal("cancelled", (await Chain.At("huaxin-buys").HeadAsync(number)).Status);
    }

    [Fact]
    public async Task What_lacks_is_ordered_upwards_once_and_goes_to_those_it_was_ordered_for()
    {
        var store = await WaitingAsync("wuxi-all", ("S-001", 10), there: 0, seller: "jiangnan-all");
        var upwards = Number(await Chain.At("jiangnan-all").Upwards.RunAsync(store, submit: true, null, default));

        Assert.Equal([(null, "orders.problem.nothing_missing")], Problems(await Chain.At("jiangnan-all").Upwards.RunAsync(null, submit: true, null, default)));
        var line = Assert.Single((await Chain.At("huaxin-sells").Orders.FindAsync(upwards, default))!.Lines);
        Assert.Equal(("S-001", 10), (line.Sku, line.Quantity));

        await Chain.GivenStockAsync("huaxin", "S-001", 10);
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(upwards, null, default));
        var shipment = Document(await Chain.At("huaxin-sells").Ship.RunAsync(upwards, null, new(null, null, [new(1, 10)]), default));
        // Somebody who ordered earlier and hopes only comes after the one the goods were ordered for.
        await Chain.Database.ExecuteAsync("update portal.purchase_order set submitted_at = now() + interval '1 hour' where number = @store", new { store });
        var hopes = await WaitingAsync("wuxi-all", ("S-001", 4), there: 0, seller: "jiangnan-all");
        Document(await Chain.At("jiangnan-all").Receive.RunAsync(shipment, null, new(null, [new(1, 10, 0, 0, 0, 0, null)]), default));
        await Chain.At("jiangnan-all").Allocate.RunAsync(null, default);

        Assert.Equal((10, 0), (await ReservedAsync(store), await ReservedAsync(hopes)));
    }

    [Fact]
    public async Task What_lacks_is_ordered_to_the_place_it_is_sent_from_place_by_place()
    {
        var me = Chain.At("jiangnan-all");
        Assert.IsType<StockOutcome.Done>(await me.Places.AddAsync(new("EAST", "East", "warehouse"), default));
        await AddressAsync("main", isDefault: true);
        var (east, main) = (await SoldFromAsync("EAST", ("S-001", 10)), await SoldFromAsync("MAIN", ("S-001", 4)));

        // Nobody knows how goods come there: nothing is ordered anywhere, and no draft is left behind.
        Assert.Equal([(null, "orders.problem.place_without_address")], Problems(await me.Upwards.RunAsync(null, submit: true, null, default)));
        Assert.Equal([(null, "orders.problem.place_without_address")], Problems(await Chain.TheProduct.Upwards.RunAsync(east, submit: true, await PartnerAsync("jiangnan"), default)));
        Assert.Equal([10, 4], (await me.Waiting.MissingAsync(null, null, default)).Select(line => line.Quantity));

        var address = await AddressAsync("east", "EAST");
        var done = Assert.IsType<OrderOutcome.Done>(await me.Upwards.RunAsync(null, submit: true, null, default));
        Assert.Equal([("EAST", address, 10), ("MAIN", await AddressAsync("main"), 4)], await Chain.Database.ListAsync<(string, string, int)>("""
            select p.code, o.ship_to ->> 'number', l.quantity
            from purchase_order o join stock_place p on p.stock_place_id = o.to_place_id join purchase_order_line l using (purchase_order_id) where o.number = any (@numbers) order by p.code
            """, new { numbers = done.Numbers.ToArray() }));
        Assert.Empty(await me.Waiting.MissingAsync(null, null, default));

        // What comes is given to who it was ordered for, and not ordered again.
        foreach (var number in done.Numbers)
        {
            await ArrivesAsync(number);
        }

        await me.Allocate.RunAsync(null, default);
        Assert.Equal((10, 4), (await ReservedAsync(east), await ReservedAsync(main)));
        Assert.Equal([(null, "orders.problem.nothing_missing")], Problems(await me.Upwards.RunAsync(null, submit: true, null, default)));
    }

    [Fact]
    public async Task What_is_on_order_for_another_place_does_not_come_to_this_one()
    {
        var me = Chain.At("jiangnan-all");
        Assert.IsType<StockOutcome.Done>(await me.Places.AddAsync(new("EAST", "East", "warehouse"), default));
        var (main, address) = (await AddressAsync("main", isDefault: true), await AddressAsync("east", "EAST"));
        var sold = await SoldFromAsync("EAST", ("S-001", 10));
        var draft = Number(await me.Upwards.RunAsync(sold, submit: false, null, default));
        Assert.Equal(address, (await me.HeadAsync(draft)).ShipTo!.Number);
        Assert.Empty(await me.Waiting.MissingAsync(null, null, default));

        // The clerk sends it to the other warehouse after all.
        Number(await me.Place.UpdateAsync(draft, null, Order(("S-001", 10)) with { ShipTo = main }, submit: true, default));

        Assert.Equal([10], (await me.Waiting.MissingAsync(null, null, default)).Select(line => line.Quantity));
    }

    async Task<string> AddressAsync(string name, string? place = null, bool isDefault = false)
    {
        var book = Chain.At("jiangnan-all").Addresses;
        return (await book.AllAsync(default)).Find(address => address.Name == name)?.Number
            ?? Assert.IsType<ShipToOutcome.Done>(await book.KeepAsync(null, null, new() { Name = name, CountryCode = "CN", City = "无锡", Address = "1", Place = place, IsDefault = isDefault }, default)).Number;
    }

    async Task<string> SoldFromAsync(string place, (string Sku, decimal? Quantity) line)
    {
        var number = await SubmittedAsync("wuxi-all", line);
        return Number(await Chain.At("jiangnan-all").Answer.ConfirmAsync(number, null, [], default, place));
    }

    async Task ArrivesAsync(string upwards)
    {
        var quantity = (await Chain.At("huaxin-sells").Orders.FindAsync(upwards, default))!.Lines.Single().Quantity;
        await Chain.GivenStockAsync("huaxin", "S-001", quantity);
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(upwards, null, default));
        var shipment = Document(await Chain.At("huaxin-sells").Ship.RunAsync(upwards, null, new(null, null, [new(1, quantity)]), default));
        Document(await Chain.At("jiangnan-all").Receive.RunAsync(shipment, null, new(null, [new(1, quantity, 0, 0, 0, 0, null)]), default));
    }

    [Fact]
    public async Task What_the_clerk_cut_from_the_draft_or_the_upstream_refused_is_missing_again()
    {
        var (first, second) = (await WaitingAsync("wuxi-all", ("S-001", 10), there: 0, seller: "jiangnan-all"), await WaitingAsync("wuxi-all", ("S-001", 4), there: 0, seller: "jiangnan-all"));
        var upwards = Number(await Chain.At("jiangnan-all").Upwards.RunAsync(null, submit: false, null, default));
        Assert.Empty(await Chain.At("jiangnan-all").Waiting.MissingAsync(null, null, default));

        Number(await Chain.At("jiangnan-all").Place.UpdateAsync(upwards, null, Order(("S-001", 11)), submit: true, default));
        Assert.Equal([3], (await Chain.At("jiangnan-all").Waiting.MissingAsync(null, null, default)).Select(line => line.Quantity));
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(upwards, null, [new(1, 6, null, "sold out")], default));

        Assert.Equal([4], (await Chain.At("jiangnan-all").Waiting.MissingAsync(first, null, default)).Select(line => line.Quantity));
        Assert.Equal([4], (await Chain.At("jiangnan-all").Waiting.MissingAsync(second, null, default)).Select(line => line.Quantity));
    }

    [Fact]
    public async Task An_answer_to_another_version_is_not_taken_for_done()
    {
        await Chain.GivenStockAsync("north", "S-001", 50);
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 10));
        var version = (await Chain.At("north-admin").HeadAsync(number)).Version;
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(number, version, default));

        Assert.IsType<OrderOutcome.Stale>(await Chain.At("north-admin").Answer.ConfirmAsync(number, version, [new(1, 4, null, "sold out")], default));
    }

    [Fact]
    public async Task Two_who_order_the_same_missing_goods_at_once_order_them_once()
    {
        await WaitingAsync("wuxi-all", ("S-001", 10), there: 0, seller: "jiangnan-all");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Chain.At("jiangnan-all").Upwards.RunAsync(null, submit: true, null, default)));

        Assert.Single(outcomes.OfType<OrderOutcome.Done>());
    }

    [Fact]
    public async Task The_middle_sees_both_sides_the_brand_all_and_either_end_its_own_order_alone()
    {
        var store = await WaitingAsync("wuxi-all", ("S-001", 10), there: 0, seller: "jiangnan-all");
        var reseller = Number(await Chain.At("jiangnan-all").Upwards.RunAsync(store, submit: true, null, default));
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(reseller, null, [], default));
        // Huaxin's seller may not buy; the product does it for the company.
        var distributor = Number(await Chain.TheProduct.Upwards.RunAsync(reseller, submit: true, await PartnerAsync("huaxin"), default));

        Assert.Equal([store], await SeenAsync("wuxi-all", store));
        Assert.Equal([store, reseller], await SeenAsync("jiangnan-all", store));
        Assert.Equal([reseller, distributor], await SeenAsync("huaxin-buys", reseller));
        Assert.Equal([store, reseller, distributor], await SeenAsync("north-admin", reseller));
        Assert.Equal("submitted", (await Chain.At("north-admin").HeadAsync(distributor)).Status);
    }

    [Theory]
    [InlineData("huaxin-buys")]
    [InlineData("huaxin-looks")]
    [InlineData("eurodist-all")]
    public async Task Nobody_but_the_seller_answers_or_is_served(string subject)
    {
        var number = await SubmittedAsync("huaxin-buys", ("S-001", 10));

        var outcome = await Chain.At(subject).Answer.ConfirmAsync(number, null, [], default);

        Assert.True(outcome is OrderOutcome.Forbidden or OrderOutcome.NotFound);
        Assert.False(subject is not "eurodist-all" && await Chain.At(subject).Policies.KeepAsync(new("by_level", "by_hand"), default));
    }

    async Task<string> SubmittedAsync(string buyer, params (string Sku, decimal? Quantity)[] lines) => Number(await Chain.At(buyer).Place.CreateAsync(Order(lines), submit: true, default));

    async Task<string> WaitingAsync(string buyer, (string Sku, decimal? Quantity) line, int there, DateOnly? promisedOn = null, string seller = "north-admin")
    {
        if (there > 0)
        {
            await Chain.GivenStockAsync(seller.Split('-')[0], line.Sku, there);
        }

        var number = await SubmittedAsync(buyer, line);
        return Number(await Chain.At(seller).Answer.ConfirmAsync(number, null, [new(1, line.Quantity, promisedOn, null)], default));
    }

    async Task<int> ReservedAsync(string number) => (await Chain.Database.ListAsync<int>(
        "select sum(l.reserved)::int from portal.purchase_order_line l join portal.purchase_order o using (purchase_order_id) where o.number = @number", new { number }))[0];

    async Task<long> PartnerAsync(string code) => (await Chain.Database.ListAsync<long>("select partner_id from portal.partner where code = @code", new { code }))[0];

    async Task<List<string>> SeenAsync(string subject, string number)
    {
        var desk = Chain.At(subject);
        return [.. (await desk.Chain.FindAsync((await desk.HeadAsync(number)).PurchaseOrderId, default)).Select(order => order.Number)];
    }
}

using Portal.Orders;
using Portal.Stock;
using Portal.Tests.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Stock;

public sealed class CountingAndMoving : OnATradingChain
{
    static PlaceFacts A(string code, bool isOffered = true, bool isDefault = false) => new(code, "Place " + code, "warehouse", isOffered, isDefault);

    static SkuLine[] Goods(params (string Sku, decimal? Quantity)[] lines) => [.. lines.Select(line => new SkuLine(line.Sku, line.Quantity))];

    static string Done(StockOutcome outcome) => Assert.IsType<StockOutcome.Done>(outcome).Number;

    static IEnumerable<(int? Line, string Field, string Key)> Wrong(StockOutcome outcome) => Assert.IsType<StockOutcome.Wrong>(outcome).Problems.Select(problem => (problem.Line, problem.Field, problem.TextKey));

    async Task<(long OnHand, long Reserved, long InTransit)> InPlace(string place, string sku) => (await Chain.Database.ListAsync<(long, long, long)>("""
        select b.on_hand, b.reserved, b.in_transit from stock_balance b join stock_place p using (stock_place_id) join product x using (product_id) where p.code = @place and x.sku = @sku
        """, new { place, sku })).SingleOrDefault();

    [Fact]
    public async Task A_company_keeps_places_and_only_its_administrator_opens_and_closes_them()
    {
        var admin = Chain.At("jiangnan-all").Places;
        Assert.Equal("SH-01", Done(await admin.AddAsync(A("SH-01"), default)));
        Assert.Equal([(null, "code", "stock.place.code_used")], Wrong(await admin.AddAsync(A("SH-01"), default)));
        Assert.Equal(["code", "name", "type"], Wrong(await admin.AddAsync(new PlaceFacts("上海", " ", "cellar").Tidied(), default)).Select(problem => problem.Field));
        Assert.IsType<StockOutcome.Forbidden>(await Chain.At("huaxin-buys").Places.AddAsync(A("X"), default));
        Assert.IsType<StockOutcome.NotFound>(await Chain.At("eurodist-all").Places.CloseAsync("SH-01", opens: false, default));

        Assert.Equal("stock.place.is_default", Wrong(await admin.CloseAsync("MAIN", opens: false, default)).Single().Key);
        Assert.IsType<StockOutcome.Stale>(await admin.ChangeAsync("sh-01", 7, A("SH-01"), default));
        Done(await admin.ChangeAsync("SH-01", 1, A("SH-01", isDefault: true), default));
        Done(await admin.CloseAsync("MAIN", opens: false, default));
        await Chain.GivenStockAsync("jiangnan", "S-001", 3);
        Assert.Equal((3, 0, 0), await InPlace("SH-01", "S-001"));
        Assert.Equal("stock.place.closed_default", Wrong(await admin.ChangeAsync("MAIN", null, A("MAIN", isDefault: true), default)).Single().Key);
        Done(await admin.CloseAsync("MAIN", opens: true, default));
        Done(await admin.ChangeAsync("MAIN", null, A("MAIN", isDefault: true), default));
        Assert.Equal("stock.place.not_empty", Wrong(await admin.CloseAsync("SH-01", opens: false, default)).Single().Key);

        // neither another's people nor anybody past the acts
        var stranger = Chain.At("eurodist-all").Db;
        Assert.Equal(0, await stranger.ExecuteAsync("update stock_place set name = 'mine' where code = 'SH-01'", null, default));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => stranger.ExecuteAsync("select stock_open_place((select partner_id from partner where code = 'jiangnan'), 'Y', 'Y', 'store', true)", null, default));
    }

    [Fact]
    public async Task An_order_comes_into_the_place_of_its_address_and_is_sent_from_the_place_that_is_chosen()
    {
        var (brand, buyer) = (Chain.At("north-admin"), Chain.At("jiangnan-all"));
        Done(await Chain.At("north-admin").Places.AddAsync(A("EAST"), default));
        await Chain.GivenStockAsync("north", "S-001", 5);
        Done(await brand.Transfers.SendAsync(new(null, "EAST", AtOnce: true, null, Goods(("S-001", 5))), default));
        var order = Number(await Chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 5)), submit: true, default));

        Assert.Equal([(1, "orders.problem.stock_short")], Problems(await brand.Answer.ConfirmAsync(order, null, default)).Select(problem => (problem.Line ?? 0, problem.Key)));
        Assert.Equal([(null, "orders.problem.no_such_place")], Problems(await brand.Answer.ConfirmAsync(order, null, default, "WEST")));
        Number(await brand.Answer.ConfirmAsync(order, null, default, "east"));
        Assert.Equal((5, 5, 0), await InPlace("EAST", "S-001"));
        Assert.Equal("stock.place.not_empty", Wrong(await brand.Places.CloseAsync("EAST", opens: false, default)).Single().Key);
        Document(await brand.Ship.RunAsync(order, null, new(null, null, [new(1, 5)]), default));
        Assert.Equal((0, 0, 0), await InPlace("EAST", "S-001"));
        Assert.Equal((0, 0, 5), await Chain.StockOfAsync("huaxin", "S-001"));

        // the address of the reseller's second place
        Done(await buyer.Places.AddAsync(A("SHOP"), default));
        var addresses = new ShipToAddresses(buyer.Db, new Platform.Audit.AuditTrail(buyer.Db, TimeProvider.System), TimeProvider.System);
        var shop = Assert.IsType<ShipToOutcome.Done>(await addresses.KeepAsync(null, null, new() { Name = "Shop", CountryCode = "CN", City = "无锡", Address = "1", Place = "shop" }, default)).Number;
        Assert.IsType<ShipToOutcome.Refused>(await addresses.KeepAsync(null, null, new() { Name = "Other", CountryCode = "CN", City = "无锡", Address = "1", Place = "NOPE" }, default));
        await Chain.GivenStockAsync("huaxin", "S-002", 2);
        var second = Number(await buyer.Place.CreateAsync(Order(("S-002", 2)) with { ShipTo = shop }, submit: true, default));
        Assert.Equal("stock.place.orders_wait", Wrong(await buyer.Places.CloseAsync("SHOP", opens: false, default)).Single().Key);
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(second, null, default));
        var shipment = Document(await Chain.At("huaxin-sells").Ship.RunAsync(second, null, new(null, null, [new(1, 2)]), default));
        Number(await buyer.Receive.RunAsync(shipment, null, new(null, [new(1, 2, 0, 0, 0, 0, null)]), default));
        Assert.Equal((2, 0, 0), await InPlace("SHOP", "S-002"));
    }

    [Fact]
    public async Task Buyers_see_the_stock_of_all_places_that_are_offered()
    {
        var seller = Chain.At("jiangnan-all");
        Done(await seller.Places.AddAsync(A("B"), default));
        Done(await seller.Places.AddAsync(A("SAMPLES", isOffered: false), default));
        await Chain.GivenStockAsync("jiangnan", "S-001", 30);
        Done(await seller.Transfers.SendAsync(new(null, "B", true, null, Goods(("S-001", 10))), default));
        Done(await seller.Transfers.SendAsync(new(null, "SAMPLES", true, null, Goods(("S-001", 5))), default));
        await seller.Db.ExecuteAsync("insert into stock_visibility (partner_id, shows, changed_at) values (app_partner_id(), 'exact', now())", null, default);

        Assert.Equal(25, (await new StockStore(Chain.At("wuxi-all").Db).OfferedAsync(["S-001"], default)).Single().Available);
        Assert.Equal([("S-001", 30L)], (await new StockStore(seller.Db).BalancesAfterAsync(null, null, 10, default)).Select(row => (row.Sku, row.OnHand)));
        Assert.Equal([("S-001", 5L)], (await new StockStore(seller.Db).BalancesAfterAsync("SAMPLES", null, 10, default)).Select(row => (row.Sku, row.OnHand)));
    }

    [Fact]
    public async Task Goods_are_on_their_way_between_places_until_somebody_says_what_came()
    {
        var me = Chain.At("jiangnan-all");
        Done(await me.Places.AddAsync(A("B"), default));
        await Chain.GivenStockAsync("jiangnan", "S-001", 10);

        Assert.Equal([(null, "to", "stock.problem.place"), (1, "quantity", "stock.problem.more_than_available")], Wrong(await me.Transfers.SendAsync(new("MAIN", "C", false, null, Goods(("S-001", 11))), default)));
        Assert.Equal([(null, "to", "stock.transfer.same_place")], Wrong(await me.Transfers.SendAsync(new("B", "B", false, null, Goods(("S-001", 1))), default)).Take(1));
        var sent = Done(await me.Transfers.SendAsync(new("MAIN", "B", false, "fair", Goods(("S-001", 4), ("S-001", 2))), default));
        Assert.Equal(((4L, 0L, 0L), (0L, 0L, 6L)), (await InPlace("MAIN", "S-001", "jiangnan"), await InPlace("B", "S-001")));
        Assert.IsType<StockOutcome.NotFound>(await Chain.At("eurodist-all").Transfers.ReceiveAsync(sent, [], default));
        Assert.Equal("stock.transfer.more_than_sent", Wrong(await me.Transfers.ReceiveAsync(sent, Goods(("S-001", 7)), default)).Single().Key);

        var twice = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Chain.At("jiangnan-all").Transfers.ReceiveAsync(sent, Goods(("S-001", 5)), default)));

        Assert.All(twice, outcome => Done(outcome));
        Assert.Equal((5, 0, 0), await InPlace("B", "S-001"));
    }

    async Task<(long OnHand, long Reserved, long InTransit)> InPlace(string place, string sku, string partner) => (await Chain.Database.ListAsync<(long, long, long)>("""
        select b.on_hand, b.reserved, b.in_transit
        from stock_balance b join stock_place p using (stock_place_id) join partner h using (partner_id) join product x using (product_id) where p.code = @place and x.sku = @sku and h.code = @partner
        """, new { place, sku, partner })).SingleOrDefault();

    [Fact]
    public async Task An_adjustment_has_a_reason_that_fits()
    {
        await Chain.GivenStockAsync("huaxin", "S-001", 5);
        var clerk = Chain.At("huaxin-sells").Record;

        Assert.Equal(new MovementOutcome.Recorded(1), await clerk.RunAsync(new("loss", null, Goods(("S-001", 1)), Reason: "sample"), default));
        Assert.Equal(new MovementOutcome.Recorded(1), await clerk.RunAsync(new("supply", null, Goods(("S-001", 2)), Reason: "found"), default));
        var wrong = Assert.IsType<MovementOutcome.Wrong>(await clerk.RunAsync(new("supply", null, Goods(("S-001", 2)), Place: "NOPE", Reason: "stolen"), default));

        Assert.Equal(["stock.problem.place", "stock.problem.reason_does_not_fit"], wrong.Problems.Select(problem => problem.TextKey));
        Assert.Equal((6, 0, 0), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task A_count_is_held_against_the_books_of_its_moment_and_posted_once()
    {
        await Chain.GivenStockAsync("jiangnan", "S-001", 10);
        await Chain.GivenStockAsync("jiangnan", "S-002", 4);
        var me = Chain.At("jiangnan-all");
        var count = Done(await me.Counts.BeginAsync(new(null, null), default));
        Assert.Equal("stock.count.runs_already", Wrong(await me.Counts.BeginAsync(new("MAIN", ["S-003"]), default)).Single().Key);
        Assert.Equal("stock.count.nothing_counted", Wrong(await me.Counts.HandInAsync(count, null, default)).Single().Key);

        // S-001: one less than there should be; then two are sold. S-003 was in nobody's books. The wrong lines do not stop the good ones.
        var entered = await me.Counts.EnterAsync(count, [new("S-001", 9, "damaged"), new("S-002", 4), new("S-003", 1), new("NOPE", 1), new("S-004", 1.5m), new("S-005", 1, "moths")], null, afresh: true, default);
        Assert.Equal(3, entered.Kept);
        Assert.Equal([(4, "stock.problem.unknown_sku"), (5, "stock.count.quantity_wrong"), (6, "stock.count.reason_unknown")], Wrong(entered.Outcome).Select(problem => (problem.Line ?? 0, problem.Key)));
        await me.Record.RunAsync(new("sale", null, Goods(("S-001", 2))), default);
        // the form sends the line again as it stood: the moment stays
        Done((await me.Counts.EnterAsync(count, [new("S-001", 9, "damaged", "wet")], null, afresh: false, default)).Outcome);
        Done(await me.Counts.HandInAsync(count, null, default));
        Assert.IsType<StockOutcome.NotNow>((await me.Counts.EnterAsync(count, [new("S-001", 1)], null, true, default)).Outcome);

        var posted = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Chain.At("jiangnan-all").Counts.PostAsync(count, null, default)));

        Assert.Equal(2, Assert.Single(posted, one => one.Outcome is StockOutcome.Done).Differences);
        Assert.Equal(((7L, 0L, 0L), (4L, 0L, 0L), (1L, 0L, 0L)), (await Chain.StockOfAsync("jiangnan", "S-001"), await Chain.StockOfAsync("jiangnan", "S-002"), await Chain.StockOfAsync("jiangnan", "S-003")));
        Assert.Equal([("loss", 1L, "damaged", "wet"), ("supply", 1L, "count", null)], await Chain.Database.ListAsync<(string, long, string, string?)>("select kind, quantity, reason, note from stock_move where document_number = @count order by kind", new { count }));
        Assert.IsType<StockOutcome.NotFound>((await Chain.At("eurodist-all").Counts.PostAsync(count, null, default)).Outcome);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Chain.At("jiangnan-all").Db.ExecuteAsync("update stock_count_line set counted = 100", null, default));
    }

    [Fact]
    public async Task A_place_that_is_being_counted_is_not_closed_and_a_closed_one_is_not_counted()
    {
        var me = Chain.At("jiangnan-all");
        Done(await me.Places.AddAsync(A("B"), default));
        var count = Done(await me.Counts.BeginAsync(new("B", ["S-001"]), default));

        Assert.Equal([(null, "", "stock.place.is_counted")], Wrong(await me.Places.CloseAsync("b", opens: false, default)));
        Assert.True((await Assert.ThrowsAsync<Npgsql.PostgresException>(() => me.Db.ExecuteAsync("update stock_place set closed_at = now() where code = 'B'", null, default))).ConstraintName is "a_closed_place_is_not_counted");
        Done((await me.Counts.EnterAsync(count, [new("S-001", 0)], null, true, default)).Outcome);
        Done(await me.Counts.HandInAsync(count, null, default));
        Assert.Equal("stock.place.is_counted", Wrong(await me.Places.CloseAsync("B", opens: false, default)).Single().Key);
        Done((await me.Counts.PostAsync(count, null, default)).Outcome);
        Done(await me.Places.CloseAsync("B", opens: false, default));
        Assert.Equal("stock.problem.place", Wrong(await me.Counts.BeginAsync(new("B", ["S-001"]), default)).Single().Key);

        // Whoever begins to count and whoever closes at the same moment: one of them is refused.
        for (var round = 0; round < 6; round++)
        {
            var code = $"R{round}";
            Done(await me.Places.AddAsync(A(code), default));
            var begun = Chain.At("jiangnan-all").Counts.BeginAsync(new(code, ["S-001"]), default);
            var closed = Chain.At("jiangnan-all").Places.CloseAsync(code, opens: false, default);

            Assert.Single(await Task.WhenAll(begun, closed), outcome => outcome is StockOutcome.Done);
        }
    }

    [Fact]
    public async Task What_was_counted_earlier_is_held_against_the_books_as_they_were_then()
    {
        await Chain.GivenStockAsync("jiangnan", "S-001", 10);
        var me = Chain.At("jiangnan-all");
        var count = Done(await me.Counts.BeginAsync(new(null, ["S-001"], IsBlind: true), default));
        var then = DateTime.UtcNow;
        await me.Record.RunAsync(new("sale", null, Goods(("S-001", 3))), default);

        Done((await me.Counts.EnterAsync(count, [new("S-001", 10)], then, afresh: true, default)).Outcome);
        Assert.Equal("stock.count.moment", Wrong((await me.Counts.EnterAsync(count, [new("S-001", 10)], then.AddDays(-1), true, default)).Outcome).Single().Key);

        Assert.Equal(0, (await new CountStore(me.Db).FindAsync(count, default))!.Differences);
        Assert.Equal("stock.count.say_why", Wrong(await me.Counts.EndAsync(count, null, discards: true, " ", default)).Single().Key);
        Done(await me.Counts.EndAsync(count, null, discards: true, "begun too early", default));
        Done(await me.Counts.BeginAsync(new(null, ["S-001"]), default));
    }

    [Fact]
    public async Task Promised_goods_that_are_not_there_are_taken_back_from_whoever_is_promised_last()
    {
        await Chain.GivenStockAsync("north", "S-001", 10);
        var (buyer, seller) = (Chain.At("huaxin-buys"), Chain.At("north-admin"));
        var first = Number(await buyer.Place.CreateAsync(Order(("S-001", 6)), submit: true, default));
        Number(await seller.Answer.ConfirmAsync(first, null, default));
        var second = Number(await buyer.Place.CreateAsync(Order(("S-001", 4)), submit: true, default));
        Number(await seller.Answer.ConfirmAsync(second, null, default));
        var count = Done(await seller.Counts.BeginAsync(new(null, ["S-001"]), default));
        Done((await seller.Counts.EnterAsync(count, [new("S-001", 7, "stolen")], null, true, default)).Outcome);
        Done(await seller.Counts.HandInAsync(count, null, default));

        var posted = await seller.Counts.PostAsync(count, null, default);

        Assert.Equal([second], posted.Orders);
        Assert.Equal((7, 7, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal([(first, 6), (second, 1)], await Chain.Database.ListAsync<(string, int)>("select o.number, l.reserved from purchase_order o join purchase_order_line l using (purchase_order_id) order by o.purchase_order_id"));
        Assert.Contains(("unreserve", count), await Chain.Database.ListAsync<(string, string)>("select act, document_number from purchase_order_step where document_number is not null"));
    }
}

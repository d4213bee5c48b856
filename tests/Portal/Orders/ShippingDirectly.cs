using System.Text.Json;
using Npgsql;
using Platform.Outbox;
using Portal.Orders;
using Portal.Replenishing;
using Portal.Stock;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

/// <summary>Huaxin sells to Jiangnan what it does not have, and the brand sends it to Jiangnan's door.</summary>
public sealed class ShippingDirectly : OnATradingChain
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Chain.Database.ExecuteAsync("""
            insert into person_role (person_id, role) select person_id, 'purchasing' from person where subject = 'huaxin-sells';
            update partner set address = '人民路 1 号', city = '苏州', postal_code = '215000' where code in ('jiangnan', 'wuxi');
            """);
    }

    [Fact]
    public async Task Goods_go_once_from_the_upstreams_shelf_to_the_buyer_and_both_orders_are_sent_received_and_invoiced()
    {
        await Chain.GivenStockAsync("huaxin", "S-001", 3);
        var sold = await SoldAsync("jiangnan-all", "huaxin-sells", ("S-001", 10), ("S-002", 4));
        var upwards = await DirectlyAsync("huaxin-sells", sold);
        await Chain.GivenStockAsync("north", "S-001", 20);
        await Chain.GivenStockAsync("north", "S-002", 20);
        var seen = (await Chain.At("north-admin").Orders.FindAsync(upwards, default))!;
        Assert.Equal((true, "苏州", "submitted"), (seen.Order.DropShips, seen.Order.ShipTo!.City, seen.Order.Status));
        Assert.Equal([(3, 7, 0), (0, 4, 0)], (await Chain.At("huaxin-sells").Orders.FindAsync(sold, default))!.Lines.Select(line => (line.Reserved, line.Direct, line.Waiting)));

        Number(await Chain.At("north-admin").Answer.ConfirmAsync(upwards, null, default));
        var first = Document(await Chain.At("north-admin").Ship.RunAsync(upwards, null, new("SF", "SF-1", [new(1, 5), new(2, 4)]), default));
        await CarrySentAsync(first);
        await CarrySentAsync(first);

        Assert.Equal((3, 3, 0), await Chain.StockOfAsync("huaxin", "S-001"));
        Assert.Equal((0, 0, 5), await Chain.StockOfAsync("jiangnan", "S-001"));
        var sent = (await Chain.At("jiangnan-all").Orders.FindAsync(sold, default))!;
        var direct = Assert.Single(sent.Shipments);
        Assert.Equal((true, "SF", "SF-1"), (direct.Head.IsDirect, direct.Head.Carrier, direct.Head.TrackingNumber));
        Assert.Equal([(5, 3, 2), (4, 0, 0)], sent.Lines.Select(line => (line.Shipped, line.Reserved, line.Direct)));
        Assert.Equal(2, (await Chain.Database.ListAsync<long>("select count(*) from portal.invoice i join portal.purchase_order o using (purchase_order_id) where o.number in (@sold, @upwards)", new { sold, upwards }))[0]);

        // Nobody receives what is not there; whoever has it does.
        Assert.Equal([(null, "orders.problem.received_below")], Problems(await Chain.At("huaxin-sells").Receive.RunAsync(first, null, new(null, [new(1, 5, 0, 0, 0, 0, null)]), default)));
        Document(await Chain.At("jiangnan-all").Receive.RunAsync(direct.Head.Number, null, new(null, [new(1, 4, 1, 0, 0, 0, "a box was open"), new(2, 4, 0, 0, 0, 0, null)]), default));
        await CarryArrivedAsync(direct.Head.Number);
        await CarryArrivedAsync(direct.Head.Number);
        var above = (await Chain.At("huaxin-sells").Orders.FindAsync(upwards, default))!;
        Assert.Equal([(4, 1), (4, 0)], above.Lines.Select(line => (line.Received, line.Lost)));
        Assert.Equal(("short", 1), above.Discrepancies.Select(found => (found.Kind, found.Quantity)).Single());
        Assert.Equal((4, 0, 0), await Chain.StockOfAsync("jiangnan", "S-001"));

        // The rest, and what Huaxin had itself.
        await CarrySentAsync(Document(await Chain.At("north-admin").Ship.RunAsync(upwards, null, new(null, null, [new(1, 2)]), default)));
        Document(await Chain.At("huaxin-sells").Ship.RunAsync(sold, null, new(null, null, [new(1, 3)]), default));
        Assert.Equal("shipped", (await Chain.At("jiangnan-all").HeadAsync(sold)).Status);
    }

    [Fact]
    public async Task Through_several_levels_goods_still_move_once()
    {
        var store = await SoldAsync("wuxi-all", "jiangnan-all", ("S-001", 6));
        var reseller = await DirectlyAsync("jiangnan-all", store);
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(reseller, null, [], default));
        var distributor = await DirectlyAsync("huaxin-sells", reseller);
        await Chain.GivenStockAsync("north", "S-001", 6);
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(distributor, null, default));
        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(distributor, null, new(null, null, [new(1, 6)]), default));
        await CarrySentAsync(shipment);
        var between = (await Chain.At("huaxin-sells").Orders.FindAsync(reseller, default))!.Shipments.Single().Head.Number;
        await CarrySentAsync(between);
        Assert.Equal((0, 0, 6), await Chain.StockOfAsync("wuxi", "S-001"));

        var last = (await Chain.At("wuxi-all").Orders.FindAsync(store, default))!.Shipments.Single().Head.Number;
        Document(await Chain.At("wuxi-all").Receive.RunAsync(last, null, new(null, [new(1, 6, 0, 0, 0, 0, null)]), default));
        await CarryArrivedAsync(last);
        await CarryArrivedAsync(between);

        Assert.Equal((6, 0, 0), await Chain.StockOfAsync("wuxi", "S-001"));
        Assert.Equal(["received", "received", "received"], await Task.WhenAll(new[] { ("wuxi-all", store), ("jiangnan-all", reseller), ("huaxin-sells", distributor) }.Select(async one => (await Chain.At(one.Item1).HeadAsync(one.Item2)).Status)));
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    [InlineData("cut")]
    public async Task What_the_upstream_does_not_send_waits_again(string how)
    {
        var sold = await SoldAsync("jiangnan-all", "huaxin-sells", ("S-001", 10));
        var upwards = await DirectlyAsync("huaxin-sells", sold);
        Assert.Equal([(null, "orders.problem.nothing_missing")], Problems(await Chain.At("huaxin-sells").DropShip.RunAsync(sold, null, default)));

        Number(how switch
        {
            "reject" => await Chain.At("north-admin").Answer.RejectAsync(upwards, null, "we do not send to shops", default),
            "cancel" => await Chain.At("huaxin-buys").Cancel.RunAsync(upwards, null, "found some", default),
            _ => await Chain.At("north-admin").Answer.ConfirmAsync(upwards, null, [new(1, 4, null, "sold out")], default),
        });

        var line = (await Chain.At("huaxin-sells").Orders.FindAsync(sold, default))!.Lines.Single();
        Assert.Equal(how == "cut" ? (4, 6) : (0, 10), (line.Direct, line.Waiting));
        Assert.Equal([line.Waiting], (await Chain.At("huaxin-sells").Waiting.MissingAsync(sold, null, default)).Select(missing => missing.Quantity));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public async Task Of_two_drop_shipments_for_two_lines_of_one_product_each_loses_and_brings_its_own(string lost)
    {
        var sold = await SoldAsync("jiangnan-all", "huaxin-sells", ("S-001", 10), ("S-001", 5));
        var first = await DirectlyAsync("huaxin-sells", sold);
        // Three of the second line are not sent, and asked for anew.
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(first, null, [new(1, 12, null, "sold out")], default));
        Assert.Equal([(10, 0), (2, 3)], await LinesAsync(sold));
        var second = await DirectlyAsync("huaxin-sells", sold);
        Assert.Equal([(10, 0), (5, 0)], await LinesAsync(sold));

        Number(await Chain.At("north-admin").Cancel.RunAsync(lost is "first" ? first : second, null, "the lorry broke down", default) is OrderOutcome.NotNow
            ? await Chain.At("north-admin").Answer.RejectAsync(second, null, "the lorry broke down", default)
            : new OrderOutcome.Done(first));

        Assert.Equal(lost is "first" ? [(0, 10), (3, 2)] : [(10, 0), (2, 3)], await LinesAsync(sold));
        var (left, quantity) = lost is "first" ? (second, 3) : (first, 12);
        await Chain.GivenStockAsync("north", "S-001", 15);
        if (lost is "first")
        {
            Number(await Chain.At("north-admin").Answer.ConfirmAsync(left, null, default));
        }
        else
        {
            await Chain.At("north-admin").Allocate.RunAsync(null, default);
        }

        // In two lots: told twice each, and carried once.
        foreach (var pieces in new[] { 2, quantity - 2 })
        {
            var sent = Document(await Chain.At("north-admin").Ship.RunAsync(left, null, new(null, null, [new(1, pieces)]), default));
            await CarrySentAsync(sent);
            await CarrySentAsync(sent);
        }

        Assert.Equal(lost is "first" ? [0, 3] : [10, 2], (await Chain.At("huaxin-sells").Orders.FindAsync(sold, default))!.Lines.Select(line => line.Shipped));
        Assert.Equal(lost is "first" ? [(0, 10), (0, 2)] : [(0, 0), (0, 3)], await LinesAsync(sold));
    }

    [Fact]
    public async Task What_left_and_is_not_carried_down_yet_comes_to_its_buyer_once()
    {
        var sold = await SoldAsync("jiangnan-all", "huaxin-sells", ("S-001", 10));
        var upwards = await DirectlyAsync("huaxin-sells", sold);
        await Chain.GivenStockAsync("north", "S-001", 10);
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(upwards, null, default));
        var sent = Document(await Chain.At("north-admin").Ship.RunAsync(upwards, null, new(null, null, [new(1, 6)]), default));
        await Chain.Database.ExecuteAsync("""
            insert into stock_level (stock_place_id, product_id, partner_id, safety, reorder_point, target, source, changed_at)
            select s.stock_place_id, x.product_id, p.partner_id, 0, 10, 30, 'typed', now() from partner p join stock_place s on s.partner_id = p.partner_id and s.is_default join product x on x.sku = 'S-001' where p.code in ('jiangnan', 'huaxin')
            """);

        Assert.Equal((10L, 10L), await ComesAsync());
        await CarrySentAsync(sent);
        Assert.Equal((10L, 10L), await ComesAsync());
        // The one between them has none of it, before and after.
        var between = (await new OutlookStore(Chain.At("huaxin-sells").Db, TimeProvider.System).FindAsync("S-001", default))!;
        Assert.Empty(between.Events);

        async Task<(long Outlook, long Levels)> ComesAsync()
        {
            var desk = Chain.At("jiangnan-all");
            var ahead = (await new OutlookStore(desk.Db, TimeProvider.System).FindAsync("S-001", default))!;
            var proposal = Assert.Single(await new LevelStore(desk.Db, desk.Terms, TimeProvider.System).ProposalsAsync((await desk.Places.KeyAsync(null, default))!.Value, default));
            return (ahead.Events.Sum(one => one.Quantity), proposal.Has);
        }
    }

    async Task<List<(int Direct, int Waiting)>> LinesAsync(string number) => [.. (await Chain.At("huaxin-sells").Orders.FindAsync(number, default))!.Lines.Select(line => (line.Direct, line.Waiting))];

    [Fact]
    public async Task What_is_under_way_directly_is_called_off_above_first_and_then_below()
    {
        var sold = await SoldAsync("jiangnan-all", "huaxin-sells", ("S-001", 10));
        var upwards = await DirectlyAsync("huaxin-sells", sold);
        Assert.Equal([(null, "orders.problem.only_direct")], Problems(await Chain.At("huaxin-sells").Cancel.RunAsync(sold, null, "no goods", default)));
        var change = Document(await Chain.At("jiangnan-all").AskForChange.RunAsync(sold, null, new("too many", [new(1, 4, null, null)]), default));
        Assert.Equal([(1, "orders.change.problem.sent_directly")], Problems(await Chain.At("huaxin-sells").AnswerChange.AcceptAsync(sold, change, null, default)));

        Number(await Chain.At("huaxin-sells").AnswerChange.PassUpAsync(sold, change, "our buyer wants fewer", default));
        var above = (await Chain.At("north-admin").Orders.FindAsync(upwards, default))!;
        var asked = (await Chain.At("north-admin").Changes.OfOrderAsync(above.Order.PurchaseOrderId, default)).Single().Number;
        Number(await Chain.At("north-admin").AnswerChange.AcceptAsync(upwards, asked, null, default));
        Number(await Chain.TheProduct.AnswerChange.AcceptAsync(sold, change, null, default));

        var line = (await Chain.At("huaxin-sells").Orders.FindAsync(sold, default))!.Lines.Single();
        Assert.Equal((6, 6, 4), (line.Open, line.Direct, line.Cancelled));
    }

    [Fact]
    public async Task Of_a_line_with_both_what_is_reserved_gives_way_to_a_change_and_what_comes_directly_stays()
    {
        await Chain.GivenStockAsync("huaxin", "S-001", 4);
        var sold = await SoldAsync("jiangnan-all", "huaxin-sells", ("S-001", 10));
        await DirectlyAsync("huaxin-sells", sold);
        var change = Document(await Chain.At("jiangnan-all").AskForChange.RunAsync(sold, null, new("too many", [new(1, 3, null, null)]), default));

        Number(await Chain.At("huaxin-sells").AnswerChange.AcceptAsync(sold, change, null, default));

        var line = (await Chain.At("huaxin-sells").Orders.FindAsync(sold, default))!.Lines.Single();
        Assert.Equal((7, 1, 6, 3), (line.Open, line.Reserved, line.Direct, line.Cancelled));
        Assert.Equal((4, 1, 0), await Chain.StockOfAsync("huaxin", "S-001"));
    }

    [Fact]
    public async Task Only_who_buys_for_the_seller_asks_for_it_and_only_for_an_order_with_an_address()
    {
        var sold = await SoldAsync("jiangnan-all", "huaxin-sells", ("S-001", 10));
        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("jiangnan-all").DropShip.RunAsync(sold, null, default));
        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("huaxin-looks").DropShip.RunAsync(sold, null, default));
        Assert.IsType<OrderOutcome.NotFound>(await Chain.At("eurodist-all").DropShip.RunAsync(sold, null, default));
        Assert.IsType<OrderOutcome.Stale>(await Chain.At("huaxin-sells").DropShip.RunAsync(sold, 1, default));
        await Chain.Database.ExecuteAsync("update portal.partner set city = null where code = 'jiangnan'");
        Assert.Equal([(null, "orders.problem.drop_ship_without_address")], Problems(await Chain.At("huaxin-sells").DropShip.RunAsync(sold, null, default)));
        Assert.DoesNotContain(await Chain.At("huaxin-sells").Chain.FindAsync((await Chain.At("huaxin-sells").HeadAsync(sold)).PurchaseOrderId, default), order => !order.IsThis);

        await Chain.Database.ExecuteAsync("update portal.partner set city = '苏州' where code = 'jiangnan'");
        var upwards = await DirectlyAsync("huaxin-sells", sold);
        // Either end learns nothing of the other's order; nor does anybody make an order of somebody else's a drop shipment.
        Assert.Null(await Chain.At("jiangnan-all").Orders.FindAsync(upwards, default));
        await Assert.ThrowsAsync<PostgresException>(() => Chain.At("jiangnan-all").Db.ExecuteAsync("select order_drop_ships(@upwards, @sold)", new { upwards, sold }, default));
    }

    async Task<string> SoldAsync(string buyer, string seller, params (string Sku, decimal? Quantity)[] lines)
    {
        var number = Number(await Chain.At(buyer).Place.CreateAsync(Order(lines), submit: true, default));
        return Number(await Chain.At(seller).Answer.ConfirmAsync(number, null, [], default));
    }

    async Task<string> DirectlyAsync(string seller, string number) => Number(await Chain.At(seller).DropShip.RunAsync(number, null, default));

    Task CarrySentAsync(string shipment) => Chain.TheProduct.CarrySent.ReceiveAsync(Said(shipment), default);

    Task CarryArrivedAsync(string shipment) => Chain.TheProduct.CarryArrived.ReceiveAsync(Said(shipment), default);

    static JsonElement Said(string shipment) => JsonSerializer.SerializeToElement(new DropShipmentWord(shipment), Outbox.Json);
}

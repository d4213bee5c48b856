using Portal.Catalog;
using Portal.Orders;
using Portal.Stock;
using Portal.Tests.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Stock;

/// <summary>S-001 has lots, S-002 serial numbers, the others neither.</summary>
public sealed class TrackingLots : OnATradingChain
{
    static readonly DateOnly May = new(2031, 5, 31), June = new(2031, 6, 30);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Chain.Database.ExecuteAsync("""
            update product set tracking = 'lot', tracked_since = now() - interval '1 hour' where sku = 'S-001';
            update product set tracking = 'serial', tracked_since = now() - interval '1 hour' where sku = 'S-002'
            """);
    }

    static SkuLot Lot(string sku, string code, decimal? quantity = null, DateOnly? bestBefore = null) => new(sku, code, quantity, bestBefore);

    static SkuLot[] Serials(params string[] codes) => [.. codes.Select(code => new SkuLot("S-002", code))];

    static DispatchedLine Sends(int line, decimal quantity, params (string Code, decimal? Quantity)[] lots) => new(line, quantity) { Lots = lots.Length == 0 ? null : [.. lots.Select(lot => new LotPieces(lot.Code, lot.Quantity))] };

    static ArrivedLine Came(int line, int received, int missing = 0, int damaged = 0, params ArrivedLot[] lots) => new(line, received, missing, damaged, 0, 0, null) { Lots = lots };

    Task<MovementOutcome> Supply(string who, params SkuLot[] lots) => Chain.At(who).Record.RunAsync(new("supply", null, null, Lots: lots), default);

    static string Key(MovementOutcome outcome) => Assert.Single(Assert.IsType<MovementOutcome.Wrong>(outcome).Problems).TextKey;

    static string Key(OrderOutcome outcome) => Assert.Single(Assert.IsType<OrderOutcome.Wrong>(outcome).Problems).TextKey;

    static string Key(StockOutcome outcome) => Assert.Single(Assert.IsType<StockOutcome.Wrong>(outcome).Problems).TextKey;

    /// <summary>What a partner has, by lot: the code, on hand and in transit.</summary>
    async Task<string> LotsOf(string partner, string sku) => string.Join(", ", await Chain.Database.ListAsync<string>("""
        select format('%s %s+%s', case l.kind when 'unnamed' then '?' else l.code end, b.on_hand, b.in_transit)
        from stock_lot_balance b join stock_lot l using (stock_lot_id) join product x on x.product_id = b.product_id join stock_place s using (stock_place_id) join partner p using (partner_id)
        where p.code = @partner and x.sku = @sku and (b.on_hand > 0 or b.in_transit > 0)
        order by length(l.code), l.code
        """, new { partner, sku }));

    async Task<string> AnOrder(string buyer, string seller, params (string Sku, decimal? Quantity)[] lines)
    {
        var number = Number(await Chain.At(buyer).Place.CreateAsync(Order(lines), submit: true, default));
        Number(await Chain.At(seller).Answer.ConfirmAsync(number, null, default));
        return number;
    }

    [Fact]
    public async Task Goods_of_a_tracked_product_come_into_being_with_their_lots_and_days()
    {
        Assert.Equal(new MovementOutcome.Recorded(2), await Supply("north-admin", [Lot("S-001", " l-2 ", 5, May), Lot("S-001", "L-1", 3, June), .. Serials("SN-1", "SN-2")]));

        Assert.Equal("L-1 3+0, L-2 5+0", await LotsOf("north", "S-001"));
        Assert.Equal("SN-1 1+0, SN-2 1+0", await LotsOf("north", "S-002"));
        Assert.Equal((8, 0, 0), await Chain.StockOfAsync("north", "S-001"));
        Assert.Equal("stock.lots.name_lots", Key(await Chain.At("north-admin").Record.RunAsync(new("supply", null, [new("S-001", 2)]), default)));
        Assert.Equal("stock.lots.name_serials", Key(await Chain.At("north-admin").Record.RunAsync(new("supply", null, [new("S-002", 2)]), default)));
        Assert.Equal("stock.lots.sum", Key(await Chain.At("north-admin").Record.RunAsync(new("supply", null, [new("S-001", 2)], Lots: [Lot("S-001", "L-1", 3)]), default)));
        Assert.Equal("stock.lots.not_tracked", Key(await Supply("north-admin", Lot("S-003", "L-1", 1))));
        Assert.Equal("stock.lots.code", Key(await Supply("north-admin", Lot("S-001", "L 1", 1))));
        Assert.Equal("stock.lots.one_piece", Key(await Supply("north-admin", Lot("S-002", "SN-9", 2))));
        Assert.Equal("stock.lots.twice", Key(await Supply("north-admin", Serials("SN-9", "sn-9"))));
        Assert.Equal("stock.lots.other_dates", Key(await Supply("north-admin", Lot("S-001", "L-1", 1, May))));
        // without a day the lot keeps its own
        Assert.Equal(new MovementOutcome.Recorded(1), await Supply("north-admin", Lot("S-001", "L-1", 1)));
        Assert.Equal("L-1 4+0, L-2 5+0", await LotsOf("north", "S-001"));
    }

    [Fact]
    public async Task A_serial_number_is_one_piece_in_one_place()
    {
        Assert.Equal(new MovementOutcome.Recorded(1), await Supply("north-admin", Serials("SN-1")));

        Assert.Equal("stock.lots.in_stock_already", Key(await Supply("north-admin", Serials("SN-1"))));
        // nor anybody else's: and nothing is said of who has it
        var stranger = Assert.IsType<MovementOutcome.Wrong>(await Supply("eurodist-all", Serials("SN-1")));
        Assert.Equal(["SN-1"], stranger.Problems.Single().Arguments);
        Assert.Equal("stock.problem.more_than_available", Key(await Chain.At("eurodist-all").Record.RunAsync(new("loss", "gone", null, Lots: Serials("SN-1")), default)));

        Assert.Equal(new MovementOutcome.Recorded(1), await Chain.At("north-admin").Record.RunAsync(new("sale", null, [new("S-002", 1)]), default));
        Assert.Equal("stock.lots.known_already", Key(await Supply("eurodist-all", Serials("SN-1"))));
        Assert.Equal(new MovementOutcome.Recorded(1), await Chain.At("north-admin").Record.RunAsync(new("supply", null, null, Reason: "customer_return", Lots: Serials("SN-1")), default));
        Assert.Equal("SN-1 1+0", await LotsOf("north", "S-002"));
    }

    [Fact]
    public async Task Two_companies_that_enter_one_serial_number_at_once_end_with_one_piece()
    {
        var outcomes = await Task.WhenAll(new[] { "north-admin", "eurodist-all", "huaxin-buys", "jiangnan-all" }.Select(who => Supply(who, Serials("SN-7", "SN-8"))));

        Assert.Single(outcomes, outcome => outcome is MovementOutcome.Recorded);
        Assert.Equal([2L], await Chain.Database.ListAsync<long>("select sum(on_hand)::bigint from stock_lot_balance"));
    }

    [Fact]
    public async Task What_expires_first_goes_first_unless_somebody_chooses()
    {
        await Supply("north-admin", Lot("S-001", "OLD", 2, new DateOnly(2020, 1, 1)), Lot("S-001", "LATE", 5, June), Lot("S-001", "SOON", 3, May), Lot("S-001", "EVER", 4));
        await Supply("north-admin", Serials("SN-10", "SN-9", "SN-2"));
        var order = await AnOrder("huaxin-buys", "north-admin", ("S-001", 6), ("S-002", 2), ("S-001", 3));
        var seller = Chain.At("north-admin");

        // two lines of one product share what is there; what has expired stays
        var shipment = Document(await seller.Ship.RunAsync(order, null, new(null, null, [Sends(1, 4), Sends(2, 1), Sends(3, 2)]), default));
        var page = (await Chain.At("huaxin-buys").Orders.FindShipmentAsync(shipment, default))!;
        Assert.Equal(["1 SOON 3", "1 LATE 1", "2 SN-2 1", "3 LATE 2"], page.Lots.Select(lot => $"{lot.LineNumber} {lot.Code} {lot.Quantity}"));

        Assert.Equal("stock.lots.sum", Key(await seller.Ship.RunAsync(order, null, new(null, null, [Sends(1, 2, ("EVER", 1))]), default)));
        Assert.Equal("stock.lots.not_there", Key(await seller.Ship.RunAsync(order, null, new(null, null, [Sends(2, 1, ("SN-2", null))]), default)));
        Document(await seller.Ship.RunAsync(order, null, new(null, null, [Sends(1, 2, ("EVER", 1), ("OLD", 1)), Sends(2, 1, ("sn-10", null))]), default));
        Assert.Equal("OLD 1+0, EVER 3+0, LATE 2+0", await LotsOf("north", "S-001"));
        Assert.Equal("SN-9 1+0", await LotsOf("north", "S-002"));
        Assert.Equal("OLD 0+1, EVER 0+1, LATE 0+3, SOON 0+3", await LotsOf("huaxin", "S-001"));
    }

    [Fact]
    public async Task Two_clerks_who_send_one_piece_at_the_same_second_send_it_once()
    {
        await Supply("north-admin", Serials("SN-1", "SN-2"));
        var orders = new[] { await AnOrder("huaxin-buys", "north-admin", ("S-002", 1)), await AnOrder("eurodist-all", "north-admin", ("S-002", 1)) };

        var outcomes = await Task.WhenAll(orders.Select(order => Chain.At("north-admin").Ship.RunAsync(order, null, new(null, null, [Sends(1, 1, ("SN-1", null))]), default)));

        Assert.Single(outcomes, outcome => outcome is OrderOutcome.Done);
        Assert.Equal("stock.lots.not_there", Key(outcomes.Single(outcome => outcome is OrderOutcome.Wrong)));
        Assert.Equal("SN-2 1+0", await LotsOf("north", "S-002"));
    }

    [Fact]
    public async Task The_buyer_receives_what_was_sent_and_names_what_differs()
    {
        await Supply("north-admin", [Lot("S-001", "L-1", 3, May), Lot("S-001", "L-2", 3, June), .. Serials("SN-1", "SN-2", "SN-3")]);
        var order = await AnOrder("huaxin-buys", "north-admin", ("S-001", 6), ("S-002", 3));
        var shipment = Document(await Chain.At("north-admin").Ship.RunAsync(order, null, new(null, null, [Sends(1, 6), Sends(2, 3)]), default));
        var buyer = Chain.At("huaxin-buys");

        Assert.Equal(["stock.lots.say_which", "stock.lots.say_which"], Problems(await buyer.Receive.RunAsync(shipment, null, new(null, [Came(1, 5, missing: 1), Came(2, 2)]), default)).Select(problem => problem.Key));
        Assert.Equal("stock.lots.not_on_line", Key(await buyer.Receive.RunAsync(shipment, null, new(null, [Came(2, 2, 0, 1, new ArrivedLot("SN-4", Damaged: 1))]), default)));
        Assert.Equal("stock.lots.more_than_said", Key(await buyer.Receive.RunAsync(shipment, null, new(null, [Came(2, 2, 0, 1, new ArrivedLot("SN-1", Damaged: 1), new ArrivedLot("SN-2", Damaged: 1))]), default)));
        // what is not named follows: the others came, the rest of the serial numbers is still on its way
        Document(await buyer.Receive.RunAsync(shipment, null, new(null, [Came(1, 5, missing: 1, 0, new ArrivedLot("L-2", Short: 1)), Came(2, 1, 0, 1, new ArrivedLot("SN-2", Received: 1), new ArrivedLot("SN-3", Damaged: 1))]), default));

        Assert.Equal("L-1 3+0, L-2 2+0", await LotsOf("huaxin", "S-001"));
        Assert.Equal("SN-1 0+1, SN-2 1+0", await LotsOf("huaxin", "S-002"));
        Assert.Equal([("L-1", 3, 0), ("L-2", 2, 1)], (await buyer.Orders.FindShipmentAsync(shipment, default))!.LotsOf(1).Select(lot => (lot.Code, lot.Received, lot.Lost)));
        Document(await buyer.Receive.RunAsync(shipment, null, new(null, [Came(2, 1)]), default));
        Assert.Equal("SN-1 1+0, SN-2 1+0", await LotsOf("huaxin", "S-002"));
        Assert.Equal([("short", "L-2"), ("damaged", "SN-3")], await Chain.Database.ListAsync<(string, string)>("select r.outcome, l.code from goods_receipt_lot r join stock_lot l using (stock_lot_id) where r.outcome <> 'received' order by r.outcome desc"));
    }

    [Fact]
    public async Task Each_side_reads_its_own_leg_of_the_way_and_the_brand_all_of_it()
    {
        await Supply("north-admin", Serials("SN-1"));
        var down = new[] { ("huaxin-buys", "north-admin"), ("jiangnan-all", "huaxin-sells"), ("wuxi-all", "jiangnan-all") };
        foreach (var (buyer, seller) in down)
        {
            var order = await AnOrder(buyer, seller, ("S-002", 1));
            Document(await Chain.At(buyer).Receive.RunAsync(Document(await Chain.At(seller).Ship.RunAsync(order, null, new(null, null, [Sends(1, 1)]), default)), null, new(null, [Came(1, 1)]), default));
        }

        async Task<LotTrace?> Seen(string who)
        {
            var trace = new TraceStore(Chain.At(who).Db, TimeProvider.System);
            return await trace.FindAsync("sn-1", null, default) is [var lot] ? await trace.TraceAsync(lot, default) : null;
        }

        Assert.Equal(["supply", "shipment", "receipt", "shipment", "receipt", "shipment", "receipt"], (await Seen("north-admin"))!.Steps.Select(step => step.Kind));
        Assert.Equal(["shipment 北光>华信", "receipt 华信>华信", "shipment 华信>江南办公"], (await Seen("huaxin-looks"))!.Steps.Select(step => $"{step.Kind} {step.FromName}>{step.ToName}"));
        Assert.Empty((await Seen("huaxin-looks"))!.Holders);
        Assert.Equal(["shipment 江南办公>江南办公无锡店", "receipt 江南办公无锡店>江南办公无锡店"], (await Seen("wuxi-all"))!.Steps.Select(step => $"{step.Kind} {step.FromName}>{step.ToName}"));
        Assert.Equal([("江南办公无锡店", 1L)], (await Seen("north-finance"))!.Holders.Select(holder => (holder.Name, holder.OnHand)));
        Assert.Null(await Seen("eurodist-all"));

        var recall = new TraceStore(Chain.At("north-admin").Db, TimeProvider.System);
        Assert.Equal([("江南办公无锡店", 1L, 0L, 1L), ("北光", 1L, 1L, 0L), ("华信", 1L, 1L, 0L), ("江南办公", 1L, 1L, 0L)],
            (await recall.RecallAsync((await recall.FindAsync("SN-1", "S-002", default)).Single(), default)).Select(row => (row.Name, row.Came, row.Sent, row.OnHand)).OrderByDescending(row => row.OnHand).ThenBy(row => row.Name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nobody_writes_lots_but_the_ledger_and_nobody_reads_anothers()
    {
        await Supply("north-admin", Lot("S-001", "L-1", 5));
        await Supply("huaxin-buys", Serials("SN-1"));
        var stranger = Chain.At("eurodist-all").Db;

        Assert.Equal((0L, 0L, 0L, 0L), await stranger.OneAsync<(long, long, long, long)>("select (select count(*) from stock_lot), (select count(*) from stock_lot_balance), (select count(*) from stock_move_lot), (select count(*) from stock_lot_known)", null, default));
        foreach (var act in new[]
        {
            "insert into stock_lot (product_id, kind, code, entered_at) select product_id, 'lot', 'X', now() from product where sku = 'S-001'", "update stock_lot_balance set on_hand = 9", "delete from stock_move_lot",
            "insert into stock_lot_known select partner_id, 1 from partner", "select stock_lots_become_known(array[1::bigint], array[1::bigint])", "select stock_post_lots(array[1::bigint], null, now())",
            "select stock_lots_proposed((select stock_place_of(partner_id) from partner where code = 'north'), array[1::bigint], array[1::bigint], current_date)",
            "select stock_begin_tracking(1, 'lot', now())", "select stock_correct_lot('S-001', 'L-1', null, null)",
        })
        {
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => stranger.ExecuteAsync(act, null, default));
        }

        // a piece of somebody else is not there, whatever is known of it
        Assert.Equal("stock.problem.more_than_available", Key(await Chain.At("eurodist-all").Record.RunAsync(new("loss", "x", null, Lots: [Lot("S-001", "L-1", 1)]), default)));
        await Supply("eurodist-all", Lot("S-001", "L-9", 1));
        Assert.Equal("stock.lots.not_there", Key(await Chain.At("eurodist-all").Record.RunAsync(new("loss", "x", null, Lots: [Lot("S-001", "L-1", 1)]), default)));
    }

    [Fact]
    public async Task Goods_between_two_places_keep_their_lots()
    {
        var me = Chain.At("jiangnan-all");
        Assert.IsType<StockOutcome.Done>(await me.Places.AddAsync(new("B", "Shop", "store", true, false), default));
        await Supply("jiangnan-all", [Lot("S-001", "L-1", 3, June), Lot("S-001", "L-2", 3, May), .. Serials("SN-1", "SN-2")]);

        var sent = Assert.IsType<StockOutcome.Done>(await me.Transfers.SendAsync(new("MAIN", "B", false, null, [new("S-001", 4)], Serials("SN-2")), default)).Number;
        Assert.Equal("L-1 2+0, L-1 0+1, L-2 0+3", await LotsOf("jiangnan", "S-001"));
        Assert.Equal("stock.lots.say_which", Key(await me.Transfers.ReceiveAsync(sent, [new("S-001", 3)], default)));
        Assert.IsType<StockOutcome.Done>(await me.Transfers.ReceiveAsync(sent, [new("S-001", 3)], default, [Lot("S-001", "L-2", 2), Lot("S-001", "L-1", 1)]));

        Assert.Equal("L-1 1+0, L-1 2+0, L-2 2+0", string.Join(", ", (await LotsOf("jiangnan", "S-001")).Split(", ").Order(StringComparer.Ordinal)));
        Assert.Equal("SN-1 1+0, SN-2 1+0", await LotsOf("jiangnan", "S-002"));
    }

    [Fact]
    public async Task Pieces_that_were_there_before_are_held_as_not_yet_named_and_named_before_they_go()
    {
        await Chain.GivenStockAsync("north", "S-003", 5);
        await Chain.GivenStockAsync("north", "S-004", 2);
        var before = await AnOrder("huaxin-buys", "north-admin", ("S-003", 2));
        var underWay = Document(await Chain.At("north-admin").Ship.RunAsync(before, null, new(null, null, [Sends(1, 2)]), default));
        var (products, edit) = Catalogue;

        async Task<ProductOutcome> Track(string sku, string tracking, bool holdsUnnamed)
        {
            var product = (await products.FindAsync(sku, default))!;
            return await edit.RunAsync(sku, product.Version, product.Facts(null) with { Tracking = tracking, HoldsUnnamed = holdsUnnamed }, default);
        }

        Assert.Equal([5L, 2L], Assert.IsType<ProductOutcome.Refused>(await Track("S-003", "lot", false)).Problems.Single().Arguments);
        Assert.IsType<ProductOutcome.Done>(await Track("S-003", "lot", true));
        Assert.Equal(["catalog.refused.tracking_stays"], Assert.IsType<ProductOutcome.Refused>(await Track("S-003", "none", false)).Problems.Select(problem => problem.TextKey));
        Assert.IsType<ProductOutcome.Done>(await Track("S-005", "serial", false));
        // the database says the same of whoever does not ask
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Chain.Database.ExecuteAsync("update product set tracking = 'lot', tracked_since = now() where sku = 'S-004'"));

        Assert.Equal("? 3+0", await LotsOf("north", "S-003"));
        Assert.Equal("? 0+2", await LotsOf("huaxin", "S-003"));
        Document(await Chain.At("huaxin-buys").Receive.RunAsync(underWay, null, new(null, [Came(1, 1, damaged: 1)]), default));
        Assert.Equal("? 1+0", await LotsOf("huaxin", "S-003"));
        var next = await AnOrder("huaxin-buys", "north-admin", ("S-003", 3));
        Assert.Equal("stock.lots.too_few", Key(await Chain.At("north-admin").Ship.RunAsync(next, null, new(null, null, [Sends(1, 3)]), default)));

        Assert.Equal("stock.lots.fewer_unnamed", Key(await Naming("north-admin").RunAsync(new("S-003", null, [new("L-7", 4)]), default)));
        Assert.IsType<StockOutcome.Done>(await Naming("north-admin").RunAsync(new("S-003", null, [new("L-7", 2, May), new("L-8", 1)]), default));
        Document(await Chain.At("north-admin").Ship.RunAsync(next, null, new(null, null, [Sends(1, 3)]), default));
        Assert.Equal("? 1+0, L-7 0+2, L-8 0+1", await LotsOf("huaxin", "S-003"));
    }

    [Fact]
    public async Task What_is_on_its_way_between_two_places_when_tracking_begins_arrives_not_yet_named()
    {
        var me = Chain.At("jiangnan-all");
        Assert.IsType<StockOutcome.Done>(await me.Places.AddAsync(new("B", "Shop", "store", true, false), default));
        await Chain.GivenStockAsync("jiangnan", "S-003", 5);
        var sent = Assert.IsType<StockOutcome.Done>(await me.Transfers.SendAsync(new("MAIN", "B", false, null, [new("S-003", 3)]), default)).Number;
        var (products, edit) = Catalogue;
        var product = (await products.FindAsync("S-003", default))!;
        var tracked = product.Facts(null) with { Tracking = "lot", HoldsUnnamed = true };

        // Whoever read the product before it was changed holds nothing.
        Assert.IsType<ProductOutcome.Stale>(await edit.RunAsync("S-003", product.Version - 1, tracked, default));
        Assert.Equal("", await LotsOf("jiangnan", "S-003"));
        var twice = await Task.WhenAll(edit.RunAsync("S-003", product.Version, tracked, default), Catalogue.Edit.RunAsync("S-003", product.Version, tracked, default));
        Assert.Single(twice.OfType<ProductOutcome.Done>());
        Assert.Equal(["? 0+3", "? 2+0"], (await LotsOf("jiangnan", "S-003")).Split(", ").Order(StringComparer.Ordinal));
        Assert.Equal([5L], await Chain.Database.ListAsync<long>("select sum(n.quantity)::bigint from stock_lot_naming n join product p using (product_id) where p.sku = 'S-003'"));

        Assert.IsType<StockOutcome.Done>(await me.Transfers.ReceiveAsync(sent, [new("S-003", 2)], default));
        Assert.Equal(["? 2+0", "? 2+0"], (await LotsOf("jiangnan", "S-003")).Split(", "));
    }

    [Fact]
    public async Task The_days_of_a_lot_are_said_by_whoever_entered_it_or_answers_for_the_product()
    {
        await Supply("north-admin", Lot("S-001", "L-1", 1));
        await Supply("eurodist-all", Lot("S-001", "L-1", 1, new(2020, 1, 1)));
        Assert.Equal([null], await DaysAsync());

        await Supply("north-admin", Lot("S-001", "L-1", 1, June));
        Assert.Equal([June], await DaysAsync());

        Task<List<DateOnly?>> DaysAsync() => Chain.Database.ListAsync<DateOnly?>("select best_before from stock_lot where code = 'L-1'");
    }

    [Fact]
    public async Task A_line_that_was_emptied_again_is_not_counted()
    {
        await Supply("jiangnan-all", [Lot("S-001", "L-1", 5, May), .. Serials("SN-1")]);
        var me = Chain.At("jiangnan-all");
        var count = Assert.IsType<StockOutcome.Done>(await me.Counts.BeginAsync(new(null, null), default)).Number;
        Assert.IsType<StockOutcome.Done>((await me.Counts.EnterAsync(count, [new("S-001", null) { Lots = [new("L-1", 3)] }, new("S-002", null) { Lots = [new("SN-1")] }], null, true, default)).Outcome);

        Assert.IsType<StockOutcome.Done>((await me.Counts.EnterAsync(count, [new("S-001", null)], null, true, default)).Outcome);
        Assert.IsType<StockOutcome.Done>(await me.Counts.HandInAsync(count, null, default));
        await me.Counts.PostAsync(count, null, default);

        Assert.Equal("L-1 5+0", await LotsOf("jiangnan", "S-001"));
    }

    [Fact]
    public async Task What_one_line_names_is_not_proposed_for_another_line_of_the_same_product()
    {
        await Supply("north-admin", Lot("S-001", "SOON", 3, May), Lot("S-001", "LATE", 5, June));
        var order = await AnOrder("huaxin-buys", "north-admin", ("S-001", 2), ("S-001", 3));
        var seller = Chain.At("north-admin");

        var shipment = Document(await seller.Ship.RunAsync(order, null, new(null, null, [Sends(1, 2), Sends(2, 3, ("SOON", 2), ("LATE", 1))]), default));

        Assert.Equal([(1, "SOON", 1), (1, "LATE", 1), (2, "SOON", 2), (2, "LATE", 1)], (await seller.Orders.FindShipmentAsync(shipment, default))!.Lots.Select(lot => (lot.LineNumber, lot.Code, lot.Quantity)));
        Assert.Equal("LATE 3+0", await LotsOf("north", "S-001"));
    }

    [Fact]
    public async Task One_lot_that_lies_where_the_books_have_another_is_a_difference()
    {
        await Supply("jiangnan-all", Lot("S-001", "L-1", 5, May), Lot("S-001", "L-2", 5), Lot("S-001", "L-3", 1));
        var me = Chain.At("jiangnan-all");
        var counts = new CountStore(me.Db);
        var count = Assert.IsType<StockOutcome.Done>(await me.Counts.BeginAsync(new(null, ["S-001"]), default)).Number;
        await me.Counts.EnterAsync(count, [new("S-001", null) { Lots = [new("L-1", 3), new("L-2", 7), new("L-3", 1)] }], null, true, default);

        var line = (await counts.LinesAfterAsync((await counts.FindAsync(count, default))!, null, 10, default)).Single();
        Assert.Equal((11, 11L, "L-1 -2, L-2 +2"), (line.Counted, line.Book, line.LotsThatDiffer));
        Assert.IsType<StockOutcome.Done>(await me.Counts.HandInAsync(count, null, default));
        var head = (await counts.FindAsync(count, default))!;
        Assert.Equal((1L, 2L, 2L), (head.Differences, head.More, head.Less));
        Assert.Equal(1, (await me.Counts.PostAsync(count, null, default)).Differences);

        Assert.Equal("L-1 3+0, L-2 7+0, L-3 1+0", await LotsOf("jiangnan", "S-001"));
    }

    [Fact]
    public async Task Days_typed_into_a_count_stand_there_at_the_next_look_and_come_into_the_books_with_the_lot()
    {
        await Supply("jiangnan-all", Lot("S-001", "L-1", 5, May));
        var me = Chain.At("jiangnan-all");
        var counts = new CountStore(me.Db);
        var count = Assert.IsType<StockOutcome.Done>(await me.Counts.BeginAsync(new(null, ["S-001"]), default)).Number;
        await me.Counts.EnterAsync(count, [new("S-001", null) { Lots = [new("L-1", 5), new("L-9", 2, June, June.AddYears(-1))] }], null, true, default);

        var shown = (await counts.LinesAfterAsync((await counts.FindAsync(count, default))!, null, 10, default)).Single().Lots;
        Assert.Equal("L-1 5\nL-9 2 2031-06-30 2030-06-30", shown);
        // saved again as it stands on the page
        await me.Counts.EnterAsync(count, [new("S-001", null) { Lots = LotLines.Read(shown, areSerials: false) }], null, false, default);
        await me.Counts.HandInAsync(count, null, default);
        await me.Counts.PostAsync(count, null, default);

        Assert.Equal([(June, June.AddYears(-1))], await Chain.Database.ListAsync<(DateOnly, DateOnly)>("select best_before, made_on from stock_lot where code = 'L-9'"));
    }

    [Fact]
    public async Task The_sheet_of_a_count_has_a_row_for_each_lot_and_tells_whoever_counts_blindly_none()
    {
        await Supply("jiangnan-all", Lot("S-001", "L-2", 5), Lot("S-001", "L-1", 3, May));
        var me = Chain.At("jiangnan-all");
        var counts = new CountStore(me.Db);
        var number = Assert.IsType<StockOutcome.Done>(await me.Counts.BeginAsync(new(null, ["S-001", "S-003"], IsBlind: true), default)).Number;
        var count = (await counts.FindAsync(number, default))!;

        Assert.Equal([("S-001", "L-1", 3L, null), ("S-001", "L-2", 5L, null), ("S-003", null, 0L, null)], await RowsAsync(isBlind: false));
        Assert.Equal([("S-001", null), ("S-003", null)], (await RowsAsync(isBlind: true)).Select(row => (row.Sku, row.Lot)));
        await me.Counts.EnterAsync(number, [new("S-001", null) { Lots = [new("L-2", 4)] }, new("S-003", 0)], null, true, default);
        Assert.Equal([("S-001", "L-1", 3L, 0), ("S-001", "L-2", 5L, 4), ("S-003", null, 0L, 0)], await RowsAsync(isBlind: false));
        Assert.Equal([("L-2", 4)], (await RowsAsync(isBlind: true)).Where(row => row.Lot is not null).Select(row => (row.Lot, row.Counted)));

        async Task<List<(string Sku, string? Lot, long Book, int? Counted)>> RowsAsync(bool isBlind) => await counts.SheetAsync(count, isBlind, default).Select(row => (row.Sku, row.Lot, row.Book, row.Counted)).ToListAsync();
    }

    [Fact]
    public async Task A_typed_beginning_finds_the_lots_that_one_knows()
    {
        await Supply("north-admin", [Lot("S-001", "AB-1", 5), Lot("S-001", "AB-2", 5), Lot("S-001", "B_1", 1), Lot("S-001", "BX1", 1), .. Serials("AB-3")]);
        await Supply("eurodist-all", Lot("S-001", "AB-9", 1));

        Assert.Equal(["AB-1", "AB-2", "AB-3"], await FoundAsync("jiangnan-all", "north-admin", "ab"));
        Assert.Equal(["B_1"], await FoundAsync("jiangnan-all", "north-admin", "b_"));

        async Task<IEnumerable<string>> FoundAsync(string stranger, string who, string words)
        {
            Assert.Empty(await new TraceStore(Chain.At(stranger).Db, TimeProvider.System).BeginningAsync(words, 10, default));
            return (await new TraceStore(Chain.At(who).Db, TimeProvider.System).BeginningAsync(words, 3, default)).Select(lot => lot.Code);
        }
    }

    (ProductStore Products, EditProduct Edit) Catalogue
    {
        get
        {
            var desk = Chain.At("north-admin");
            var products = new ProductStore(desk.Db, TimeProvider.System);
            return (products, new(desk.Db, products, new Platform.Audit.AuditTrail(desk.Db, TimeProvider.System)));
        }
    }

    NamePieces Naming(string who)
    {
        var desk = Chain.At(who);
        return new(desk.Db, desk.Places, new LotStore(desk.Db, TimeProvider.System), new Platform.Audit.AuditTrail(desk.Db, TimeProvider.System), TimeProvider.System);
    }

    [Fact]
    public async Task A_count_is_taken_by_lot_and_corrects_the_lots()
    {
        await Supply("jiangnan-all", [Lot("S-001", "L-1", 5, May), Lot("S-001", "L-2", 5), .. Serials("SN-1", "SN-2")]);
        var me = Chain.At("jiangnan-all");
        var count = Assert.IsType<StockOutcome.Done>(await me.Counts.BeginAsync(new(null, null), default)).Number;

        Assert.Equal([(1, "stock.lots.name_lots"), (2, "stock.lots.name_serials")], Assert.IsType<StockOutcome.Wrong>((await me.Counts.EnterAsync(count, [new("S-001", 9), new("S-002", 2)], null, true, default)).Outcome).Problems.Select(problem => (problem.Line!.Value, problem.TextKey)));
        Assert.IsType<StockOutcome.Done>((await me.Counts.EnterAsync(count, [new("S-001", null) { Lots = [new("L-1", 4), new("L-2", 5), new("L-3", 1)] }, new("S-002", null) { Lots = [new("SN-2"), new("SN-3")] }], null, true, default)).Outcome);
        // what is sold between counting and posting stays sold
        await me.Record.RunAsync(new("sale", null, [new("S-001", 1)]), default);
        Assert.IsType<StockOutcome.Done>(await me.Counts.HandInAsync(count, null, default));
        Assert.Equal(2, (await me.Counts.PostAsync(count, null, default)).Differences);

        Assert.Equal("L-1 3+0, L-2 5+0, L-3 1+0", await LotsOf("jiangnan", "S-001"));
        Assert.Equal("SN-2 1+0, SN-3 1+0", await LotsOf("jiangnan", "S-002"));
    }

    [Fact]
    public async Task Goods_that_go_straight_move_once_and_stand_with_their_numbers_on_every_paper()
    {
        await Supply("north-admin", Serials("SN-1", "SN-2"));
        await Chain.Database.ExecuteAsync("update partner set city = '无锡', address = '1' where code = 'jiangnan'; insert into person_role (person_id, role) select person_id, 'purchasing' from person where subject = 'huaxin-sells'");
        var below = Number(await Chain.At("jiangnan-all").Place.CreateAsync(Order(("S-002", 2)), submit: true, default));
        Number(await Chain.At("huaxin-sells").Answer.ConfirmAsync(below, null, [new(1, 2, null, null)], default));
        var above = Number(await Chain.At("huaxin-sells").DropShip.RunAsync(below, null, default));
        Number(await Chain.At("north-admin").Answer.ConfirmAsync(above, null, default));
        var sent = Document(await Chain.At("north-admin").Ship.RunAsync(above, null, new(null, null, [Sends(1, 2)]), default));
        await Chain.TheProduct.CarrySent.ReceiveAsync(System.Text.Json.JsonSerializer.SerializeToElement(new DropShipmentWord(sent), Platform.Outbox.Outbox.Json), default);
        var direct = (await Chain.At("jiangnan-all").Orders.FindAsync(below, default))!.Shipments.Single();

        Assert.Equal(["SN-1", "SN-2"], direct.Lots.Select(lot => lot.Code));
        Document(await Chain.At("jiangnan-all").Receive.RunAsync(direct.Head.Number, null, new(null, [Came(1, 1, missing: 1, 0, new ArrivedLot("SN-2", Short: 1))]), default));
        await Chain.TheProduct.CarryArrived.ReceiveAsync(System.Text.Json.JsonSerializer.SerializeToElement(new DropShipmentWord(direct.Head.Number), Platform.Outbox.Outbox.Json), default);

        Assert.Equal("SN-1 1+0", await LotsOf("jiangnan", "S-002"));
        Assert.Equal([("SN-1", 1, 0), ("SN-2", 0, 1)], (await Chain.At("north-admin").Orders.FindShipmentAsync(sent, default))!.Lots.Select(lot => (lot.Code, lot.Received, lot.Lost)));
        var middle = new TraceStore(Chain.At("huaxin-looks").Db, TimeProvider.System);
        Assert.Equal(["direct 华信>江南办公"], (await middle.TraceAsync((await middle.FindAsync("SN-1", null, default)).Single(), default)).Steps.Select(step => $"{step.Kind} {step.FromName}>{step.ToName}"));
    }
}

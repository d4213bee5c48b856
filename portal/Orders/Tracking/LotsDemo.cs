using System.Globalization;
using Platform.Database;
using Portal.Demo;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// The demo's lots: the brand names what it holds of tracked products and gets more, some of which expires soon; lots and serial numbers go to Huaxin, from there to Jiangnan and
/// its store, where a trace finds them. One box was damaged on the way, one board was sold.
/// </summary>
sealed class LotsDemo(Db db, NamePieces namePieces, RecordMovement record, PlaceOrder placeOrder, AnswerOrder answerOrder, ShipOrder shipOrder, ReceiveShipment receiveShipment, OrderStore orders) : IDemoPart
{
    public int Order => 98;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await EnterAsync("admin@northlight.example", ct);
        await NameAsync("LA-FILTER", pieces => [new($"F{today.Year - 1}11", pieces / 3, today.AddDays(21), today.AddDays(-340)), new($"F{today.Year}02", pieces - (pieces / 3), today.AddMonths(14), today.AddDays(-120))], ct);
        await NameAsync("AC-SENSE-10", pieces => [new($"S{today.Year}-A", pieces, today.AddYears(3), today.AddDays(-200))], ct);
        var supplied = await record.RunAsync(new("supply", null, null, Lots:
        [
            new("LA-FILTER", $"F{today.Year}05", 240, today.AddMonths(18), today.AddDays(-30)),
            .. Enumerable.Range(1, 12).Select(number => new SkuLot("MR-BOARD-86", string.Create(CultureInfo.InvariantCulture, $"NB86-{today.Year % 100:D2}{number:D4}"))),
        ]), ct);
        if (supplied is not MovementOutcome.Recorded)
        {
            throw new InvalidOperationException($"The demo's lots do not come in: {supplied}");
        }

        await SellAsync("purchasing@huaxin.example", "admin@northlight.example", 24, 4, 1, ct);
        await SellAsync("sales@jiangnan.example", "sales@huaxin.example", 12, 2, 0, ct);
        await SellAsync("store@jiangnan-wuxi.example", "sales@jiangnan.example", 6, 1, 0, ct);
        await EnterAsync("store@jiangnan-wuxi.example", ct);
        if (await record.RunAsync(new("sale", "门店零售 / Sold in the shop", [new("LA-FILTER", 2), new("MR-BOARD-86", 1)]), ct) is not MovementOutcome.Recorded)
        {
            throw new InvalidOperationException("The demo's store cannot sell what it got.");
        }

        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }, ct);

    async Task NameAsync(string sku, Func<int, IReadOnlyList<LotPieces>> lots, CancellationToken ct)
    {
        var there = await db.OneAsync<int>("""
            select coalesce(sum(b.on_hand), 0)::integer
            from stock_lot_balance b join product p on p.product_id = b.product_id
            where p.sku = @sku and b.stock_place_id = stock_place_of(app_partner_id()) and b.kind = 'unnamed'
            """, new { sku }, ct);
        if (there > 2 && await namePieces.RunAsync(new(sku, null, lots(there)), ct) is not StockOutcome.Done)
        {
            throw new InvalidOperationException($"The demo's {sku} cannot be named.");
        }
    }

    // Ordered, sent with what expires first, received; of some shipments a piece is damaged.
    async Task SellAsync(string buyer, string seller, int filters, int boards, int damaged, CancellationToken ct)
    {
        await EnterAsync(buyer, ct);
        var number = Expect(await placeOrder.CreateAsync(new(null, null, null, null, [new("LA-FILTER", filters), new("MR-BOARD-86", boards)]), submit: true, ct)).Number;
        await EnterAsync(seller, ct);
        Expect(await answerOrder.ConfirmAsync(number, null, ct));
        var shipment = Expect(await shipOrder.RunAsync(number, null, new("德邦快递", "DPK" + number[^6..], [new(1, filters), new(2, boards)]), ct)).Document!;
        await EnterAsync(buyer, ct);
        var sent = (await orders.FindShipmentAsync(shipment, ct))!;
        Expect(await receiveShipment.RunAsync(shipment, null, new(null,
        [
            new(1, filters - damaged, 0, damaged, 0, 0, damaged > 0 ? "外箱受潮 / The box was wet" : null) { Lots = damaged > 0 ? [new(sent.LotsOf(1)[0].Code, Damaged: damaged)] : [] },
            new(2, boards, 0, 0, 0, 0, null),
        ]), ct));
    }

    // The person at work, who keeps the product's rights beside: the next one is looked for among all.
    Task EnterAsync(string email, CancellationToken ct) =>
        db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where email = @email", new { email }, ct);

    static OrderOutcome.Done Expect(OrderOutcome outcome) =>
        outcome as OrderOutcome.Done ?? throw new InvalidOperationException($"The demo's lots do not go through: {outcome}{string.Concat((outcome as OrderOutcome.Wrong)?.Problems.Select(problem => " " + problem) ?? [])}");
}

using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Portal.Assortment;
using Portal.Demo;
using Portal.Kpis;
using Portal.Pricing;
using Portal.Receivables;
using Portal.Stock;

namespace Portal.Orders;

/// <summary>
/// What was promised in the weeks before today: kept, sent late, refused, and still missing, so that the calendar of deliveries and the fill rate have something to say. The acts are those of the product, done at a clock of that day;
/// the goods they need are supplied on it, so that today's stock stays as it is.
/// </summary>
sealed class PastPromisesDemo(Db db, Prices prices, Terms terms, OrderStore orders, AuditTrail audit, Outbox outbox, KpiFacts kpis) : IDemoPart
{
    const int Products = 4;

    public int Order => 64;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var buyers = await db.ListAsync<Buyer>("""
            select b.partner_id, b.upstream_id as seller_id, b.currency,
                   (select min(p.email) from person p join person_role r on r.person_id = p.person_id and r.role = 'purchasing' where p.partner_id = b.partner_id and p.kind = 'person') as email,
                   (select min(p.email) from person p join person_role r on r.person_id = p.person_id and r.role in ('sales', 'brand_admin') where p.partner_id = b.upstream_id and p.kind = 'person') as sellers_email
            from partner b
            where b.partner_type in ('distributor', 'reseller', 'store')
            order by b.partner_id
            """, null, ct);
        var skus = await db.ListAsync<string>("select sku from product where status = 'active' order by sku", null, ct);
        foreach (var buyer in buyers.Where(buyer => buyer is { Email: not null, SellersEmail: not null }))
        {
            var sold = await terms.ForAsync(buyer.PartnerId, skus, ct);
            var priced = (await prices.ForAsync(buyer.PartnerId, buyer.SellerId, buyer.Currency, today, [.. skus.Select(sku => new AskedLine(sku, 1))], ct)).Where(price => price.Refusal is null && price.UnitPrice > 0 && sold[price.Sku].IsSellable).ToList();
            if (priced.Count >= Products)
            {
                await TradeAsync(buyer, [.. priced.Take(Products).Select(price => new SkuLine(price.Sku, sold[price.Sku].Covering(4)))], today, ct);
            }
        }

        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }

    async Task TradeAsync(Buyer buyer, List<SkuLine> lines, DateOnly today, CancellationToken ct)
    {
        await SupplyAsync(buyer, lines, today.AddDays(-51), ct);
        var kept = await PromisedAsync(buyer, lines, today.AddDays(-50), day => lines.Select((line, index) => new SaidOfLine(index + 1, line.Quantity, day, null)), ct);
        await ReceiveAsync(buyer, await ShipAsync(buyer, kept, Goods(lines, 1, 2, 3, 4), today.AddDays(-45), ct), damaged: 0, today.AddDays(-42), ct);

        await SupplyAsync(buyer, lines, today.AddDays(-36), ct);
        var late = await PromisedAsync(buyer, lines, today.AddDays(-35), day => lines.Select((line, index) => new SaidOfLine(index + 1, line.Quantity, day, null)), ct);
        await ReceiveAsync(buyer, await ShipAsync(buyer, late, Goods(lines, 1, 2), today.AddDays(-30), ct), damaged: 1, today.AddDays(-28), ct);
        await ReceiveAsync(buyer, await ShipAsync(buyer, late, Goods(lines, 3, 4), today.AddDays(-25), ct), damaged: 0, today.AddDays(-23), ct);

        await SupplyAsync(buyer, lines.Take(2), today.AddDays(-21), ct);
        var missing = await PromisedAsync(buyer, lines, today.AddDays(-20), day => lines.Select((line, index) => index is 2
            ? new SaidOfLine(index + 1, 0, null, "暂时停产 / Not made at present")
            : new SaidOfLine(index + 1, line.Quantity, day, null)), ct);
        await ReceiveAsync(buyer, await ShipAsync(buyer, missing, Goods(lines, 1, 2), today.AddDays(-13), ct), damaged: 0, today.AddDays(-11), ct);
    }

    async Task<string> PromisedAsync(Buyer buyer, List<SkuLine> lines, DateOnly on, Func<DateOnly, IEnumerable<SaidOfLine>> said, CancellationToken ct)
    {
        await EnterAsync(buyer.Email!, ct);
        var number = Expect(await At(on).Place.CreateAsync(new(null, null, null, null, lines) { RequestedOn = on.AddDays(8) }, submit: true, ct)).Number;
        await EnterAsync(buyer.SellersEmail!, ct);
        Expect(await At(on.AddDays(1)).Answer.ConfirmAsync(number, null, [.. said(on.AddDays(7))], ct));
        return number;
    }

    async Task<string> ShipAsync(Buyer buyer, string number, IReadOnlyList<DispatchedLine> goods, DateOnly on, CancellationToken ct)
    {
        await EnterAsync(buyer.SellersEmail!, ct);
        return Expect(await At(on).Ship.RunAsync(number, null, new("德邦快递", null, goods), ct)).Document!;
    }

    async Task ReceiveAsync(Buyer buyer, string shipment, int damaged, DateOnly on, CancellationToken ct)
    {
        await EnterAsync(buyer.Email!, ct);
        var sent = (await orders.FindShipmentAsync(shipment, ct))!.Lines;
        Expect(await At(on).Receive.RunAsync(shipment, null, new(null,
            [.. sent.Select((line, index) => new ArrivedLine(line.LineNumber, line.Quantity - (index == 0 ? damaged : 0), 0, index == 0 ? damaged : 0, 0, 0, index == 0 && damaged > 0 ? "桌角磕碰 / Corner chipped" : null))]), ct));
    }

    async Task SupplyAsync(Buyer buyer, IEnumerable<SkuLine> lines, DateOnly on, CancellationToken ct)
    {
        var goods = lines.ToList();
        await EnterAsync(buyer.SellersEmail!, ct);
        await db.ExecuteAsync("""
            select stock_record('supply', stock_place_of(@SellerId), array_agg(p.product_id), array_agg(w.quantity), @at, @at, null)
            from unnest(@skus, @quantities) as w (sku, quantity) join product p on p.sku = w.sku
            """, new { buyer.SellerId, skus = goods.Select(line => line.Sku).ToArray(), quantities = goods.Select(line => (long)line.Quantity!.Value).ToArray(), at = Moment(on).UtcDateTime }, ct);
    }

    static List<DispatchedLine> Goods(List<SkuLine> lines, params int[] numbers) => [.. numbers.Select(number => new DispatchedLine(number, lines[number - 1].Quantity))];

    // The person at work, who keeps the product's rights beside: the next one is looked for among all.
    Task EnterAsync(string email, CancellationToken ct) =>
        db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where email = @email", new { email }, ct);

    static OrderOutcome.Done Expect(OrderOutcome outcome) =>
        outcome as OrderOutcome.Done ?? throw new InvalidOperationException($"The demo's past orders do not go through: {outcome}{string.Concat((outcome as OrderOutcome.Wrong)?.Problems.Select(problem => " " + problem) ?? [])}");

    static DateTimeOffset Moment(DateOnly day) => new(day.ToDateTime(new TimeOnly(6, 0)), TimeSpan.Zero);

    Acts At(DateOnly day) => new(db, audit, outbox, kpis, new Then(Moment(day)));

    // The acts as they would have been done at another moment.
    sealed class Acts
    {
        public Acts(Db db, AuditTrail audit, Outbox outbox, KpiFacts kpis, TimeProvider then)
        {
            var writing = new OrderWriting(db, then);
            var news = new OrderNews(audit, outbox);
            var books = new OrderBooks(db, new CreditGate(db, audit, outbox, then), new InvoiceShipment(db, audit, then));
            var ledger = new StockLedger(db, outbox, then);
            Place = new PlaceOrder(db, new OrderPricing(db, writing, new SoldByTerm(db, then)), writing, new PurchaseLimits(db, audit, then), books, news);
            Answer = new AnswerOrder(db, writing, ledger, books, kpis, news, outbox);
            Ship = new ShipOrder(db, writing, ledger, books, new Parcels(db), news, outbox);
            Receive = new ReceiveShipment(db, writing, ledger, new LotsOfReceipts(db, writing), news, outbox);
        }

        public PlaceOrder Place { get; }

        public AnswerOrder Answer { get; }

        public ShipOrder Ship { get; }

        public ReceiveShipment Receive { get; }
    }

    sealed class Then(DateTimeOffset moment) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => moment;
    }

    sealed record Buyer
    {
        public long PartnerId { get; init; }

        public long SellerId { get; init; }

        public string Currency { get; init; } = "";

        public string? Email { get; init; }

        public string? SellersEmail { get; init; }
    }
}
